"""Run a command and write what it cost, as JSON, to standard output: started by processes.py.

    python -I -S launcher.py INPUT OUTPUT COMMAND...

The system counts the memory of whoever starts a process as memory of that process. A benchmark that
has made a million tickets must therefore not start what it measures; this small script does.
"""

import json
import os
import sys
import time

source, target, *command = sys.argv[1:]
actions = [
    (os.POSIX_SPAWN_OPEN, 0, source, os.O_RDONLY, 0),
    (os.POSIX_SPAWN_OPEN, 1, target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600),
]
start = time.perf_counter()
process = os.posix_spawnp(command[0], command, os.environ, file_actions=actions)
_, status, used = os.wait4(process, 0)
clock = time.perf_counter() - start
cost = (clock, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)
print(json.dumps([os.waitstatus_to_exitcode(status), cost]))
