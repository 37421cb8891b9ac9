"""The pictures of docs/web.md, taken anew of the demo's desks: `python scripts/web_pictures.py`.

Needs chromium. They are taken of a server of its own, which ends afterwards.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

sys.path.append(str(Path(__file__).parents[1] / "tests" / "support"))

import serve_demo
from real_browser import Person, Server, find_browser, open_browser

PICTURES = Path("docs/pictures")
PHONE = {"width": 360, "height": 740}


def main() -> None:
    if find_browser() is None:
        sys.exit("There is no chromium here, which takes the pictures.")
    PICTURES.mkdir(exist_ok=True)
    serve_demo.make_desk()
    (serve_demo.FOLDER / "demo.db.keys").unlink()
    server = Server(
        serve_demo.FILE, Path(serve_demo.ENVIRONMENT["PRASSI_CONFIG"]), "2026-03-02", "--lang", "en"
    )
    try:
        with open_browser() as browser:
            take_all(browser, server)
    finally:
        server.close()


def take_all(browser: Any, server: Server) -> None:
    """Take each picture."""
    anna = Person(browser, server, viewport={"width": 1000, "height": 640})
    anna.page.screenshot(path=PICTURES / "my-day.png")
    anna.go("/t/T-1009")
    anna.page.click("#e-call > summary")
    anna.page.locator("#e-call").get_by_label("no answer").check()
    anna.page.locator("#e-call").get_by_role("button", name="Preview").click()
    anna.page.locator(".decision").wait_for()
    anna.page.screenshot(path=PICTURES / "preview.png")
    anna.go("/board/requests")
    anna.page.screenshot(path=PICTURES / "board.png")
    anna.close()
    samir = Person(browser, server, "samir", "ar", viewport=PHONE, color_scheme="dark")
    samir.page.screenshot(path=PICTURES / "phone-arabic.png")
    samir.close()


if __name__ == "__main__":
    main()
