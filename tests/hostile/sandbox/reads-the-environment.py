# fails with: KeyError: 'PLANTED'
import os
print(os.environ['PLANTED'])
