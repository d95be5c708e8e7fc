# fails with: OSError: .*(File too large|No space left)
with open('big', 'wb') as file:
    for _ in range(100):
        file.write(bytes(1 << 20))
