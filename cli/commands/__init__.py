"""The commands: a module each, which `LazyGroup` imports when its command is called.

A command is Click's options, a call into the core, and a function of `printing`. It imports the core
inside its function, because help, completion and wrong options do not need it. The comment `late`
beside the first of these imports says how many milliseconds of the processor they cost together.
"""
