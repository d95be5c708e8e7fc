# fails with: OSError: .*No space left
for n in range(100):
    open(f'/tmp/{n}', 'wb').write(bytes(1 << 20))
