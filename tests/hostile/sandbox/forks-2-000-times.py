# fails with: left processes behind.*BlockingIOError
import os, time
for _ in range(2000):
    if os.fork() == 0:
        time.sleep(30)
        os._exit(0)
