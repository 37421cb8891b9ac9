"""The command line: one module a command, imported when the command is called."""

import atexit
import gc

# Neither modules nor plans make circles worth looking for after every 700 new objects: that costs
# a short command, and a long sweep, a tenth of its time. Click's own modules are some of them.
gc.set_threshold(200_000)
# Nor are there any worth looking for at the end, where the interpreter does so twice: as much again.
atexit.register(gc.freeze)
