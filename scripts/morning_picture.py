"""The picture of a morning in README.md: what `prassi triage` prints, drawn as a terminal shows it.

`python scripts/morning_picture.py` draws docs/pictures/morning.svg anew; `--check` says whether it is
what the fixtures give.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from html import escape
from pathlib import Path

ROOT = Path(__file__).parents[1]
PICTURE = ROOT / "docs" / "pictures" / "morning.svg"
WIDTH, LINES = 80, 26
COLUMN, ROW, EDGE = 8.4, 19, 16
"""The size of a character and the margin, in the picture's units."""

_STYLE = (
    "rect{fill:#f7f8fa;stroke:#c9ced6}text{font:14px ui-monospace,Menlo,Consolas,monospace;"
    "fill:#1d2430;white-space:pre}.head{font-weight:700}.late{fill:#a3231f}"
    "@media (prefers-color-scheme:dark){rect{fill:#14181f;stroke:#3a4250}text{fill:#e4e8ee}"
    ".late{fill:#ff9c94}}"
)


def print_morning() -> list[str]:
    """The first lines of the worklist of the demo's collection desk."""
    with tempfile.TemporaryDirectory() as folder:
        environment = {
            **os.environ,
            "COLUMNS": str(WIDTH),
            "PRASSI_FILE": str(Path(folder) / "desk.db"),
            "PRASSI_CONFIG": str(ROOT / "fixtures" / "prassi.toml"),
            "PRASSI_AT": "2026-03-02",
            "PRASSI_LANG": "en",
        }

        def run(*words: str) -> str:
            command = [sys.executable, "-m", "prassi.cli.main", *words]
            ran = subprocess.run(command, env=environment, capture_output=True, text=True)
            if ran.returncode:
                sys.exit(ran.stderr)
            return ran.stdout

        run("init")
        run("import", str(ROOT / "fixtures" / "collections.json"))
        return ["$ prassi triage", *run("triage").splitlines()[: LINES - 1]]


def draw(lines: list[str]) -> str:
    """Lines of a terminal as SVG; what is late stands out."""
    width, height = WIDTH * COLUMN + 2 * EDGE, len(lines) * ROW + 2 * EDGE
    title = "A morning: what people have to do, by when, for whom, and why"
    drawn = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" role="img">',
        f"<title>{title}</title><style>{_STYLE}</style>",
        f'<rect x="0.5" y="0.5" width="{width - 1:g}" height="{height - 1:g}" rx="6"/>',
    ]
    for place, line in enumerate(lines):
        y = EDGE + ROW * (place + 0.75)
        drawn.append(f'<text x="{EDGE}" y="{y:g}"{_choose_style(line)}>{escape(line)}</text>')
    return "\n".join([*drawn, "</svg>", ""])


def _choose_style(line: str) -> str:
    if re.match(r"\$|To do|\w+: \d+$", line):
        return ' class="head"'
    is_late = re.match(r"  [\d-]{10}(T[\d:]+)? +\d+  ", line) is not None
    return ' class="late"' if is_late else ""


def main() -> None:
    """Draw the picture, or check it."""
    drawn = draw(print_morning())
    if "--check" in sys.argv:
        if PICTURE.read_text(encoding="utf-8") != drawn:
            sys.exit(f"{PICTURE.relative_to(ROOT)} is not up to date: run `make reference`.")
        return
    PICTURE.write_text(drawn, encoding="utf-8")


if __name__ == "__main__":
    main()
