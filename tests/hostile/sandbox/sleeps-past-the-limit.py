# fails with: took longer than 4 s
import time
time.sleep(30)
