"""The engine: books of decision tables, and the path from event to plan to ticket file."""

VERSION = "0.1.0"
"""The release, as setup.cfg names it; every run notes it in the ticket file."""
