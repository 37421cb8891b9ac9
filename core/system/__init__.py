"""What the operating system has: files, permissions, time limits, fast encoders.

Some of it is clever for speed: fast_json, fast_hash, late_modules, quick_imports, records and
processors. Each of these has a plain way to the very same result, and takes it where the environment
says `PRASSI_PLAIN=1`; so a result that looks wrong can be compared with that of the plain way.
cpu_limit and regex_limit work without a limit where the system has no timer for them.
"""

from __future__ import annotations

import os

PLAIN = os.environ.get("PRASSI_PLAIN", "") not in ("", "0")
"""Whether everything is done in the plain way."""
