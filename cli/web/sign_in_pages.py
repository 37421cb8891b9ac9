"""Signing in and out."""

from __future__ import annotations

from typing import Any

from flask import Flask, Response, redirect, request

from .guard import read_way_back
from .sessions import Sessions
from .web_desk import WebDesk


def add_pages(app: Flask, desk: WebDesk, sessions: Sessions) -> None:
    """Add the pages for signing in and out."""

    @app.get("/sign-in")
    def show_sign_in() -> Response:
        return _show_form(desk)

    @app.post("/sign-in")
    def sign_in() -> Any:
        address = request.remote_addr or ""
        wait = desk.attempts.count_wait(address)
        if wait:
            response = _show_form(desk, 429, wait=wait)
            response.headers["Retry-After"] = str(wait)
            return response
        key = desk.keys.find(request.form.get("key", "").strip())
        if key is None:
            desk.attempts.note_failure(address)
            return _show_form(desk, 401, wrong=True)
        sessions.end(request.cookies.get(desk.guard.cookie))
        answer = redirect(read_way_back(request.form.get("next")), 303)
        desk.guard.set_cookie(answer, sessions.begin(key.digest))  # type: ignore[arg-type]
        return answer

    @app.post("/sign-out")
    def sign_out() -> Any:
        sessions.end(request.cookies.get(desk.guard.cookie))
        answer = redirect("/sign-in", 303)
        desk.guard.delete_cookie(answer)  # type: ignore[arg-type]
        answer.headers["Clear-Site-Data"] = '"cache"'
        return answer


def _show_form(desk: WebDesk, status: int = 200, wait: int = 0, wrong: bool = False) -> Response:
    back = read_way_back(request.values.get("next"))
    return desk.show("sign_in.html", status, back=back, wait=wait, wrong=wrong)
