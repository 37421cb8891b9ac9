"""The server's pages: who asks for what, and which template shows it."""

from __future__ import annotations

import sys
import traceback
from typing import Any
from urllib.parse import urlencode

from flask import Flask, Response, g, redirect, request
from prassi.core.system.language import speak
from werkzeug.exceptions import HTTPException

from ..spoken_errors import translate_error
from . import change_pages, desk_pages, sign_in_pages, work_pages
from .day_watch import DayWatch
from .guard import Guard, Refusal, SignInFirst, read_way_back
from .keys import KeyFile
from .web_desk import WebDesk
from .workers import DeskFault, Overloaded, Workers

_LARGEST_FORM = 1_200_000
"""Bytes of a form: a text may have a million characters."""

_MOST_FIELDS = 500


def make_app(
    workers: Workers, watch: DayWatch, keys: KeyFile, guard: Guard, language: str
) -> Flask:
    """The server's application."""
    app = Flask("prassi.cli.web", static_folder="static", template_folder=None)
    app.config.update(MAX_CONTENT_LENGTH=_LARGEST_FORM, MAX_FORM_PARTS=_MOST_FIELDS)
    app.config["MAX_FORM_MEMORY_SIZE"] = _LARGEST_FORM
    desk = WebDesk(workers, watch, keys, guard, language)
    _add_guard(app, desk)
    _add_errors(app, desk)
    sign_in_pages.add_pages(app, desk, guard.sessions)
    desk_pages.add_pages(app, desk)
    work_pages.add_pages(app, desk)
    change_pages.add_pages(app, desk)
    return app


def _add_guard(app: Flask, desk: WebDesk) -> None:
    @app.before_request
    def check() -> None:
        g.signed = desk.guard.check(request)

    app.after_request(desk.guard.add_headers)


def _add_errors(app: Flask, desk: WebDesk) -> None:
    @app.errorhandler(Refusal)
    def refuse(error: Refusal) -> Response:
        return _show_error(desk, error.status, error.text)

    @app.errorhandler(SignInFirst)
    def sign_in(error: SignInFirst) -> Any:
        if request.method != "GET":
            return _show_error(
                desk, 403, "Your session has ended: sign in again. Nothing was changed."
            )
        back = request.full_path.rstrip("?")
        return redirect(f"/sign-in?{_quote_back(back)}", 303)

    @app.errorhandler(DeskFault)
    def tell_fault(error: DeskFault) -> Response:
        if not error.text:
            return _show_error(desk, 500, "Something went wrong, and was written to the log.")
        return _show_error(desk, STATUS_OF_CODE.get(error.code, 500), error.text)

    @app.errorhandler(Overloaded)
    def tell_overload(error: Overloaded) -> Response:
        return _show_error(desk, 503, "The desk did not answer in time: try again in a moment.")

    @app.errorhandler(HTTPException)
    def tell_http(error: HTTPException) -> Response:
        return _show_error(desk, error.code or 500, error.description or "")

    @app.errorhandler(Exception)
    def tell_any(error: Exception) -> Response:
        traceback.print_exc(file=sys.stderr)
        return _show_error(desk, 500, "Something went wrong, and was written to the log.")


STATUS_OF_CODE = {1: 500, 2: 400, 3: 409, 4: 503}
"""The HTTP status of what would be an exit code at a shell."""


def _show_error(desk: WebDesk, status: int, text: str) -> Response:
    speak(desk.choose_language())
    response = desk.show("error.html", status, text=translate_error(text), code=status)
    if status == 503:
        response.headers["Retry-After"] = "5"
    return response


def _quote_back(path: str) -> str:
    return urlencode({"next": read_way_back(path)})
