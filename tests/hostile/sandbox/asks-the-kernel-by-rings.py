# fails with: Function not implemented
import ctypes, os

libc = ctypes.CDLL(None, use_errno=True)


def call(x86_64, aarch64, *arguments):
    number = {"x86_64": x86_64, "aarch64": aarch64}[os.uname().machine]
    words = [ctypes.c_char_p(word) if isinstance(word, bytes) else ctypes.c_long(word) for word in arguments]
    if libc.syscall(ctypes.c_long(number), *words) < 0:
        raise SystemExit(os.strerror(ctypes.get_errno()))


parameters = (ctypes.c_uint8 * 120)()
call(425, 425, 1, ctypes.addressof(parameters))  # io_uring_setup
