# fails with: PermissionError
print(open('/proc/1/mem', 'rb').read(1))
