# fails with: Operation not permitted|Function not implemented
import ctypes, os

libc = ctypes.CDLL(None, use_errno=True)
if os.uname().machine == "x86_64":
    libc.syscall(ctypes.c_long(0x40000000 | 272), ctypes.c_long(0x10000000))  # unshare by its other number
    raise SystemExit(os.strerror(ctypes.get_errno()))
raise SystemExit("Function not implemented: no such convention here")
