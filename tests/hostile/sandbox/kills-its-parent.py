# fails with: it lives
import os, time
os.kill(os.getppid(), 9)
os.kill(1, 9)
time.sleep(1)
raise SystemExit('it lives')
