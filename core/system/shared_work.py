"""Work that is shared out over the processors: each piece is taken by whichever process is free."""

from __future__ import annotations

import json
import os
import selectors
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from typing import Any, NoReturn

from .processors import list_processors

Answer = Callable[[int], object]
"""Works a piece out, which is known by its number: what comes of it is plain JSON data."""

_MOST = 200
"""Pieces that are shared out: their numbers have to fit into a pipe, a byte each."""


def share_out(
    pieces: int,
    prepare: Callable[[ExitStack], Answer],
    fewest: int,
    longest: Sequence[int] = (),
) -> Iterator[Any]:
    """What comes of so many pieces of work, in their order.

    The `longest` of them are begun first, so that no process is left alone with one at the end. Each
    process prepares for itself, and closes at its end what it has opened. With less than `fewest`
    pieces, or one processor, there is no other process; nor is there one for pieces that another
    process did not finish: whatever hindered it happens again here, and is raised.
    """
    processes = min(len(list_processors()), pieces)
    answers: Iterator[tuple[int, Any]] = iter(())
    if processes > 1 and fewest <= pieces <= _MOST:
        order = [*longest, *(n for n in range(pieces) if n not in longest)]
        answers = _work_elsewhere(order, prepare, processes)
    done: dict[int, Any] = {}
    with ExitStack() as opened:
        here: Answer | None = None
        for number in range(pieces):
            while number not in done and (answer := next(answers, None)) is not None:
                done[answer[0]] = answer[1]
            if number not in done:
                here = here or prepare(opened)
                done[number] = here(number)
            yield done.pop(number)


def _work_elsewhere(
    order: Sequence[int], prepare: Callable[[ExitStack], Answer], processes: int
) -> Iterator[tuple[int, Any]]:
    """The answers of other processes, as they come, until all of them have ended."""
    wanted, numbers = os.pipe()
    os.write(numbers, bytes(order))
    os.close(numbers)
    children = [_start(wanted, prepare) for _ in range(processes)]
    os.close(wanted)
    try:
        with selectors.DefaultSelector() as selector, ExitStack() as opened:
            for _, replies in children:
                file = opened.enter_context(os.fdopen(replies, "rb"))
                selector.register(file, selectors.EVENT_READ, file)
            while selector.get_map():
                for key, _ in selector.select():
                    line = key.data.readline()
                    if line:
                        number, answer = json.loads(line)
                        yield number, answer
                    else:
                        selector.unregister(key.data)
    finally:
        for child, _ in children:
            os.waitpid(child, 0)


def _start(wanted: int, prepare: Callable[[ExitStack], Answer]) -> tuple[int, int]:
    """Another process, and where its answers can be read."""
    replies, write = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(replies)
        _work(wanted, write, prepare)
    os.close(write)
    return child, replies


def _work(wanted: int, write: int, prepare: Callable[[ExitStack], Answer]) -> NoReturn:
    """Another process: take piece after piece until there are none, or one can't be done."""
    try:
        with ExitStack() as opened, os.fdopen(write, "wb", buffering=0) as out:
            answer = prepare(opened)
            while number := os.read(wanted, 1):
                out.write(json.dumps([number[0], answer(number[0])]).encode() + b"\n")
    finally:
        os._exit(0)
