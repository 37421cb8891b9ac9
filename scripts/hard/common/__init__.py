"""What the scripts that try hard share: ticket files, commands, and figures.

They share tests/support with the tests: after an import from here, its modules are found.
"""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parents[3] / "tests" / "support"))
