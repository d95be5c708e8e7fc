# fails with: FileNotFoundError|PermissionError|Read-only
open('{home}/.ssh/id_rsa', 'w')
