# fails with: MemoryError
x = bytearray(1 << 30)
