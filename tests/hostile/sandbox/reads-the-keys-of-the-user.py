# fails with: FileNotFoundError|PermissionError
print(open('{home}/.ssh/id_rsa').read())
