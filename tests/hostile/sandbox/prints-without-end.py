# fails with: more than 1 MiB of output
for _ in range(10**6):
    print('x' * 1000)
