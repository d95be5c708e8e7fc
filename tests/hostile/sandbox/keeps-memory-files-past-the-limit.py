# fails with: used more than 300 MiB of memory
# needs: a control group
import os

kept = []
for number in range(100):
    kept.append(os.memfd_create(str(number)))
    for _ in range(6):
        os.write(kept[-1], bytes(1 << 20))
