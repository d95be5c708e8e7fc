# fails with: used more than 300 MiB of memory
# needs: a control group
import os, time

for _ in range(6):
    if os.fork() == 0:
        kept = bytearray(100 << 20)
        for start in range(0, len(kept), 4096):
            kept[start] = 1
        time.sleep(2)
        os._exit(0)
for _ in range(6):
    os.wait()
