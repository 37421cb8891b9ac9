"""The command line: reads words at a shell, hands an event or a question to the core, prints the answer.

`entry` is the way in; `main` runs a command and prints every error; `lazy_group` finds the module of a command in
`commands`; `options` has what every command takes; `printing` has all that writes to the screen or
to a file; `streams` keeps what is printed from steering a terminal.
"""

import atexit
import gc

# Imports and plans make few reference cycles. Looking for them after every 700 new objects costs a
# short command, and a long night, a tenth of its time. Click's own modules are some of them.
gc.set_threshold(200_000)
# The interpreter looks twice more while it ends, at the same price.
atexit.register(gc.freeze)
