"""The same job in several processes at once, each with a number of its own."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from typing import Any


def spread(job: Callable[[int], dict[str, Any]], count: int) -> list[dict[str, Any]]:
    """What the jobs with the numbers 0 to count - 1 return, as JSON takes it; a job that fails
    ends all."""
    began = [_begin(job, number) for number in range(count)]
    ended = []
    for process, answer in began:
        _, status = os.waitpid(process, 0)
        if status != 0:
            sys.exit("a worker failed; see above")
        answer.seek(0)
        ended.append(json.load(answer))
    return ended


def together(counts: list[dict[str, Any]]) -> Counter[str]:
    """Counts of several workers, added up."""
    return sum((Counter(one) for one in counts), Counter())


def _begin(job: Callable[[int], dict[str, Any]], number: int) -> tuple[int, Any]:
    answer = tempfile.TemporaryFile("w+")  # noqa: SIM115
    sys.stdout.flush()
    process = os.fork()
    if process:
        return process, answer
    code = 1
    try:
        json.dump(job(number), answer)
        answer.flush()
        code = 0
    except BaseException:
        sys.excepthook(*sys.exc_info())
    finally:
        sys.stderr.flush()
        os._exit(code)
