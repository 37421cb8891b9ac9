#!/usr/bin/env python
"""Sending killed at every step: no message goes out twice, and each is in one true state.

    python scripts/hard/send.py [--small] [--seed N]

A mail server on this machine takes letters, refuses some for now and some for good. `outbox send` works
through an outbox and is killed, round after round: while it claims a message, before and after the
commit, at each command that the server gets, after its answer, while the outcome is noted, and at any
moment. After each kill the server's letters are compared with the states in the file: what is `sent`
was taken once, what waits or failed was not taken, and what was taken and not noted is claimed or
`unknown`. Runs that follow send the rest.
"""

from __future__ import annotations

import os
import random
import signal
import socket
import sqlite3
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import datetime, timedelta
from email import message_from_bytes
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from common.commands import Ran, Started, good
from common.figures import Figures, given, zero
from common.files import folder_for, make
from common.workers import spread, together
from prassi.core.desk import sending
from prassi.core.desk.postroom import PostRoom
from prassi.core.outbox import smtp
from prassi.core.outbox.emails import name_message
from prassi.core.ticketfile import outbox, read_messages

FULL = {"rounds": 350, "tickets": 250, "kills": 300}
SMALL = {"rounds": 14, "tickets": 60, "kills": 8}
A_FILE = 40
"""Rounds on one file: its letters last about so long."""

MADE, LATER = "2026-03-02T10:00", datetime(2026, 3, 3, 9, 0)

IN_PROCESS: dict[str, tuple[Any, str, bool]] = {
    "before a claim": (sending.SendingRun, "_claim", False),
    "with new words, not committed": (outbox, "write_words", True),
    "with a claim, not committed": (outbox, "claim_messages", True),
    "with a claim, committed": (sending.SendingRun, "_claim", True),
    "with a connection": (smtp.SmtpSender, "_begin", True),
    "with the answer": (smtp.SmtpSender, "deliver", True),
    "with an outcome, not committed": (outbox, "write_state", True),
    "with an outcome, committed": (PostRoom, "note_all", True),
}
"""Steps of the command: where they stand in the code, and whether the kill comes at their end."""

AT_SERVER = ("EHLO", "MAIL", "RCPT", "DATA", "QUIT")
STEPS = (*IN_PROCESS, *AT_SERVER, "at any moment")
UNSENT = {"waiting", "failed", "held"}


class Server:
    """Takes letters, counts them by their mark, and kills its client at a command when told to."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self.taken = Counter[str]()
        self.kill: tuple[str, int] | None = None
        self.client = threading.Event()
        self.process = 0

    def _meet(self, command: str) -> None:
        if self.kill is None or self.kill[0] != command:
            return
        self.kill = (command, self.kill[1] - 1)
        if self.kill[1] == 0:
            self.kill = None
            self.client.wait(10)
            os.kill(self.process, signal.SIGKILL)

    async def handle_EHLO(  # noqa: N802
        self, server: Any, session: Any, envelope: Any, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        self._meet("EHLO")
        return responses

    async def handle_MAIL(  # noqa: N802
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        self._meet("MAIL")
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(  # noqa: N802
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        self._meet("RCPT")
        drawn = self._chance.random()
        if drawn < 0.15:
            return "451 later" if drawn < 0.1 else "550 never"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        self.taken[message_from_bytes(envelope.original_content)["Message-ID"]] += 1
        self._meet("DATA")
        return "250 OK"

    async def handle_QUIT(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        self._meet("QUIT")
        return "221 Bye"


@contextmanager
def serve(chance: random.Random) -> Iterator[tuple[Server, int]]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    server = Server(chance)
    controller = Controller(server, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield server, port
    finally:
        controller.stop()


class Outbox:
    """A ticket file with letters, sent from by runs that are killed."""

    def __init__(self, folder: str, server: Server, port: int, count: int, seed: int) -> None:
        self._file, self._config = (
            os.path.join(folder, "tickets.db"),
            os.path.join(folder, "p.toml"),
        )
        self._server, self._chance = server, random.Random(seed)
        self.counts, self._at = Counter[str](), LATER
        Path(self._config).write_text(
            '[company]\nname = "Officine, \\"Verdi\\""\n[mail]\nsecurity = "none"\n'
            f'smtp = "127.0.0.1:{port}"\nfrom = "desk@example.org"\n',
            encoding="utf-8",
        )
        make(self._file, count)
        words = ["triage", "--quiet", "--file", self._file, "--config", self._config]
        more = ["--file", self._file, "--config", self._config, "--at", MADE]
        for number in range(1, count // 4):  # letters that name their day
            Started(["call-outcome", f"T-{number}", "no-answer", *more]).wait()
        good([*words, "--at", MADE])

    def round(self, step: str) -> None:
        """Kill a run once, and judge what it has left."""
        self._at += timedelta(minutes=10)
        if step in AT_SERVER:
            self._server.kill = (
                step,
                1 if step in ("EHLO", "QUIT") else self._chance.randint(1, 4),
            )
        ran = self._send(step)
        self._server.kill = None
        self.counts["kills"] += ran.code == -signal.SIGKILL
        self.counts[f"kills {step}"] += ran.code == -signal.SIGKILL
        self._judge(ran, step)

    def end(self) -> None:
        """Send the rest, and judge."""
        for _ in range(6):
            self._at += timedelta(days=2)
            self._judge(self._send(""), "to the end")
        self.counts["unsound"] += Started(["verify", "--file", self._file]).wait().code != 0
        with closing(sqlite3.connect(self._file)) as connection:
            query = "SELECT state, count(*) FROM message WHERE ended_by IS NULL GROUP BY state"
            for state, number in connection.execute(query):
                self.counts[f"{state} in the end"] += number
        self.counts["letters taken"] += sum(self._server.taken.values())

    def _send(self, step: str) -> Ran:
        limit = ["--limit", str(self._chance.randint(3, 8))] if step else []
        words = ["outbox", "send", "--json", *limit, "--file", self._file, "--config", self._config]
        at = self._at.isoformat(timespec="minutes")
        self._server.client.clear()
        first = self._arm(step) if step in IN_PROCESS else None
        started = Started([*words, "--at", at], first)
        self._server.process = started.process
        self._server.client.set()
        if step == "at any moment":
            threading.Timer(self._chance.uniform(0.01, 0.12), _kill, [started.process]).start()
        return started.wait()

    def _arm(self, step: str) -> Callable[[], None]:
        """Have the command kill itself at the nth time that it comes to a step."""
        where, name, at_end = IN_PROCESS[step]
        left = self._chance.randint(1, 4)

        def arm() -> None:
            real = getattr(where, name)

            def killed(*given: Any, **named: Any) -> Any:
                nonlocal left
                left -= 1
                if left == 0 and not at_end:
                    os.kill(os.getpid(), signal.SIGKILL)
                answer = real(*given, **named)
                if left == 0:
                    os.kill(os.getpid(), signal.SIGKILL)
                return answer

            setattr(where, name, killed)

        return arm

    def _judge(self, ran: Ran, step: str) -> None:
        with closing(sqlite3.connect(self._file)) as connection:
            known = [*read_messages.read_stored(connection, None)]
        states = {}
        for stored in known:
            mark, _ = name_message(stored.message, stored.event_hash)
            taken, state = self._server.taken[f"<prassi-{mark}@example.org>"], stored.message.state
            states[stored.message.id] = state
            wrong = (state == "sent" and taken != 1) or (state in UNSENT and taken)
            self.counts["in a state that is not true"] += bool(wrong)
            self.counts["sent twice"] += taken > 1
            if wrong or taken > 1:
                print(f"{step}: message {stored.message.id} is {state}, taken {taken} times")
        for row in ran.rows:
            if row["applied"] and row["outcome"] in ("sent", "failed"):
                self.counts["acknowledged and lost"] += states[row["id"]] != row["outcome"]


def _kill(process: int) -> None:
    try:
        os.kill(process, signal.SIGKILL)
    except ProcessLookupError:
        return


def job(
    size: dict[str, int], seed: int, workers: int, small: bool
) -> Callable[[int], Counter[str]]:
    def work(number: int) -> Counter[str]:
        counts, chance = Counter[str](), random.Random(seed * 10 + number)
        steps = [STEPS[n % len(STEPS)] for n in range(number, size["rounds"], workers)]
        for begin in range(0, len(steps), A_FILE):
            with folder_for(small) as folder, serve(chance) as (server, port):
                life = Outbox(folder, server, port, size["tickets"], chance.randrange(10**6))
                for step in steps[begin : begin + A_FILE]:
                    life.round(step)
                life.end()
                counts += life.counts
        return counts

    return work


def main() -> None:
    told = given(__doc__)
    figures = Figures("Sending killed at every step", told)
    size, workers = (SMALL, 1) if told.small else (FULL, 2)
    counts = together(spread(job(size, told.seed, workers, told.small), workers))
    for step in STEPS:
        figures.print(f"kills {step}", counts[f"kills {step}"])
    least = size["kills"]
    figures.print("kills", counts["kills"], lambda n: n >= least)
    figures.print("letters that the server took", counts["letters taken"], bool)
    for state in ("sent", "failed", "unknown", "waiting", "claimed"):
        figures.print(f"{state} in the end", counts[f"{state} in the end"])
    for name in ("sent twice", "in a state that is not true", "acknowledged and lost", "unsound"):
        figures.print(name, counts[name], zero)
    figures.end()


if __name__ == "__main__":
    main()
