"""The pages about many tickets: list, board, outbox, statistics, books."""

from __future__ import annotations

from itertools import groupby
from typing import Any
from urllib.parse import quote, urlencode

from flask import Flask, Response, redirect, request

from . import board_screen, book_screen, figures_screen, move_screen, work_screens
from .guard import Refusal, read_way_back
from .web_desk import WebDesk
from .workers import DeskFault, Screen

_QUERY_SIGNS = (":", "@", "(")
"""What a search has that is a query, and not just words."""


def add_pages(app: Flask, desk: WebDesk) -> None:
    """Add them."""

    @app.get("/list")
    def show_list() -> Response:
        return _show_list(desk)

    @app.get("/outbox")
    def show_outbox() -> Response:
        after = request.args.get("after", "0")
        states = request.args.getlist("state")
        number = int(after) if after.isdecimal() and len(after) < 18 else 0
        return desk.show("outbox.html", shown=desk.read(work_screens.list_messages, states, number))

    @app.get("/stats")
    def show_figures() -> Response:
        return _show_figures(desk)

    @app.get("/board")
    def show_first_board() -> Any:
        boards = desk.read(board_screen.list_boards)
        if not boards:
            raise Refusal(404, "No book of this desk has few enough statuses for a board.")
        return redirect(f"/board/{boards[0]}", 303)

    @app.get("/board/<book>")
    def show_board(book: str) -> Response:
        shown = _find(desk, board_screen.read_board, book, request.args.get("q", "").strip())
        return desk.show("board.html", shown=shown)

    @app.get("/move")
    def show_moves() -> Any:
        return _show_moves(desk)

    _add_book_pages(app, desk)


def _add_book_pages(app: Flask, desk: WebDesk) -> None:
    @app.get("/books")
    def show_books() -> Response:
        return desk.show("books.html", books=desk.read(book_screen.list_books))

    @app.get("/books/<name>")
    def show_book(name: str) -> Response:
        return desk.show("book.html", shown=_find(desk, book_screen.read_book_screen, name))

    @app.get("/books/<name>/matrix")
    def show_matrix(name: str) -> Response:
        return desk.show("matrix.html", shown=_find(desk, book_screen.read_matrix, name))

    @app.get("/books/<name>/<picture>.svg")
    def show_picture(name: str, picture: str) -> Response:
        drawn = _find(desk, book_screen.draw_picture, name, picture)
        return Response(drawn, mimetype="image/svg+xml")


def _find(desk: WebDesk, screen: Screen, *given: object) -> Any:
    """What a screen has; 404 where the address names nothing that there is."""
    try:
        return desk.read(screen, *given)
    except DeskFault as fault:
        if fault.kind == "BadInput":
            raise Refusal(404, fault.text) from None
        raise


def _show_moves(desk: WebDesk) -> Any:
    """The events by which a ticket gets to a status; to the form of the one, where there is one only."""
    ref, status = request.args.get("ticket", ""), request.args.get("status") or None
    shown = _find(desk, move_screen.read_moves, ref, status)
    back = read_way_back(request.args.get("back"))
    links = [
        (step, f"/t/{quote(ref, safe='')}?{_make_query(step, back)}#e-{quote(step['event'])}")
        for step in shown["steps"]
    ]
    if status is not None and len(links) == 1:
        return redirect(links[0][1], 303)
    groups = [(after, [*own]) for after, own in groupby(links, lambda one: one[0]["after"])]
    return desk.show("move.html", 200 if links else 409, shown=shown, groups=groups, back=back)


def _make_query(step: move_screen.MoveStep, back: str) -> str:
    return urlencode({**step["given"], "event": step["event"], "back": back})


def _show_list(desk: WebDesk) -> Response:
    query, sort = request.args.get("q", "").strip(), request.args.get("sort", "")
    given = request.args.get("page", "0")
    page = int(given) if given.isdecimal() and len(given) < 7 else 0
    plain = bool(query) and not any(sign in query for sign in _QUERY_SIGNS)
    shown = desk.read(work_screens.list_tickets, query, sort, page, plain)
    return desk.show(
        "list.html",
        400 if shown["fault"] else 200,
        shown=shown,
        query=query,
        sort=sort,
        page=page,
        plain=plain,
    )


def _show_figures(desk: WebDesk) -> Response:
    args = request.args
    figure = args.get("figure") or figures_screen.FIGURES[0]
    asked = [figure, args.get("from", ""), args.get("to", ""), args.get("by", "")]
    wanted = None
    if "class" in args:
        wanted = {name: args.get(name, "") for name in ("book", "class", "group")}
    shown = _find(desk, figures_screen.read_figures, *asked, wanted)
    return desk.show(
        "stats.html",
        shown=shown,
        entries=shown["entries"],
        wanted=args,
        figures=figures_screen.FIGURES,
        groups=figures_screen.GROUPS,
    )
