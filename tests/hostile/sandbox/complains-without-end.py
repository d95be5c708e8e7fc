# fails with: more than 1 MiB of output
import sys
for _ in range(10**6):
    sys.stderr.write('x' * 1000)
