# fails with: Operation not permitted
import ctypes, os

libc = ctypes.CDLL(None, use_errno=True)


def call(x86_64, aarch64, *arguments):
    number = {"x86_64": x86_64, "aarch64": aarch64}[os.uname().machine]
    words = [ctypes.c_char_p(word) if isinstance(word, bytes) else ctypes.c_long(word) for word in arguments]
    if libc.syscall(ctypes.c_long(number), *words) < 0:
        raise SystemExit(os.strerror(ctypes.get_errno()))


call(310, 270, os.getppid(), 0, 0, 0, 0, 0)  # process_vm_readv
