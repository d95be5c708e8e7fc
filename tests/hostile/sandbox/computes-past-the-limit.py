# fails with: more than 1 s of processor time
for _ in range(10**10):
    pass
