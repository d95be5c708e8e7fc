# fails with: used more than 300 MiB of memory
# needs: a control group
import ctypes

libc = ctypes.CDLL(None, use_errno=True)
libc.shmat.restype = ctypes.c_void_p
for _ in range(10):
    segment = libc.shmget(0, ctypes.c_size_t(60 << 20), 0o1600)
    ctypes.memset(libc.shmat(segment, None, 0), 1, 60 << 20)
