# fails with: Operation not permitted|Function not implemented|SIGSEGV|signal 11
import ctypes, mmap, os

if os.uname().machine != "x86_64":
    raise SystemExit("Function not implemented: no such convention here")
code = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
code.write(b"\x53\xb8\x36\x01\x00\x00\xbb\x00\x00\x00\x10\xcd\x80\x5b\xc3")  # push; unshare(CLONE_NEWUSER) by int 0x80; pop; ret
result = ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(code)))()
raise SystemExit(os.strerror(-result) if result < 0 else "it has a namespace")
