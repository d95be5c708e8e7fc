# fails with: used more than 300 MiB of memory
# needs: a control group
import mmap

memory = mmap.mmap(-1, 600 << 20)
for start in range(0, 600 << 20, 1 << 20):
    memory[start : start + (1 << 20)] = bytes(1 << 20)
