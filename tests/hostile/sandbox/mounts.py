# fails with: Operation not permitted|No such file
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
raise SystemExit(libc.mount(b'none', b'/mnt', b'tmpfs', 0, None) and os.strerror(ctypes.get_errno()))
