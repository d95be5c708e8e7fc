# fails with: ProcessLookupError
import os
os.kill(-1, 9)
