"""The entry point: finds the command that is called, and prints every error in one place."""

from __future__ import annotations

import os
import sys
from io import StringIO
from typing import Any

import click
from prassi.core import VERSION
from prassi.core.errors import PrassiError
from prassi.core.system.language import ENGLISH, find_spoken, say

from .language import choose_language
from .lazy_group import LazyGroup
from .streams import drop_output, open_streams, warn

COMMANDS = {
    "init": "Make an empty ticket file.",
    "import": "Bring in customers and tickets from JSON, JSON Lines or CSV.",
    "sync": "Compare the whole export of another program with the file, and raise what differs.",
    "map": "Write a first map for another program's export.",
    "export": "Print the whole file in the import format.",
    "triage": "Decide what every open ticket needs today, and do what needs no person.",
    "call-outcome": "Record how a call went, and get the next step.",
    "promise": "Record a promise to pay, move one, or list them.",
    "payment": "Record which proformas were paid, or that a package was.",
    "preblock": "Print the pre-block sheet, or where one ticket stands on it.",
    "sheet": "Print a sheet of any book.",
    "care-reply": "Record what Customer Care answered.",
    "proforma": "Record a new proforma, a credit for one, or a higher amount.",
    "hand-back": "Take a ticket back from another department.",
    "insistence-check": "Check a requirement on which a customer insists; file a follow-up.",
    "answer": "Record the answer to a requirement.",
    "case-route": "Send a case to the unit that solves it, or see where cases are.",
    "call-conduct": "Warn a caller with whom the call can't go on, or end the call.",
    "call-line": "Handle a call about home internet that has reached the mobile desk.",
    "package-book": "Book a prepaid package, or print what to say about it.",
    "package-expiry": "List expired packages, or record a call about one.",
    "package-visit": "Move or cancel a visit of a package, or say that it took place.",
    "package-cancel": "Cancel a package, with what is paid back.",
    "request": "Take in what customers ask for, and work on it until it becomes a ticket.",
    "note": "Write a note on a ticket.",
    "assign": "Give tickets to somebody, also all of a colleague's.",
    "postpone": "Move the open task of a ticket to another day.",
    "done": "Say that a task is done.",
    "close": "Close a ticket by hand.",
    "reopen": "Open a closed ticket again.",
    "ticket": "Open a ticket by hand.",
    "event": "Record any event of any book.",
    "find": "Find tickets and customers by name, phone, e-mail, ref, number or note.",
    "list": "List the tickets that fit a query.",
    "todo": "Print who has to do what by when, for whom, and why.",
    "stats": "Print figures about the desk, each with what it counts.",
    "report": "Write a page about the desk, to look at and to print.",
    "serve": "Serve the desk to browsers, and make keys for its people.",
    "show": "Show a ticket with its history.",
    "log": "Show the events of the file or of a ticket.",
    "undo": "Take back your newest step, an event, a step of a ticket, or a whole run.",
    "explain": "Explain a decision: the facts, the rule, its sources, why no other rule answers.",
    "what-if": "Compare what open tickets get now and under other figures, days or books.",
    "replay": "Decide every event of the log again, by the books as they are now.",
    "customer": "Show, list, add, change and merge customers.",
    "outbox": "List, show and send messages, and say what becomes of them.",
    "calendar": "Print the holidays, closures and working days of a year.",
    "book": "List, show and check the books.",
    "desk": "Open a prompt that keeps the file and the books open.",
    "completion": "Print what a shell needs to complete command lines.",
    "schema": "Print the JSON schema (2020-12) of a file, or of what --json prints.",
    "verify": "Check the file and its chain of events.",
    "doctor": "Say what would go wrong tonight.",
    "backup": "Copy the whole file and check the copy, while others work.",
    "restore": "Make a backup the ticket file again, after it was checked.",
}
"""Every command with its short help; `LazyGroup` imports its module when it is called."""


class CommandLine(LazyGroup):
    """All commands; whatever an invocation says, it says in one language."""

    def make_context(
        self,
        info_name: str | None,
        args: list[str],
        parent: click.Context | None = None,
        **extra: Any,
    ) -> click.Context:
        choose_language(args)
        return super().make_context(info_name, args, parent, **extra)


@click.group(
    cls=CommandLine, helps=COMMANDS, context_settings={"help_option_names": ["-h", "--help"]}
)
@click.version_option(VERSION, prog_name="prassi")
@click.pass_context
def prassi(ctx: click.Context) -> None:
    """Turn written service-desk procedures into decision tables, and work through the tickets.

    Each command takes --file, --at, --config, --json, --dry-run and --quiet after its name.
    """
    if os.environ.get("NO_COLOR"):
        ctx.color = False


def main() -> None:
    """Run the command line, and end the process with its exit code."""
    sys.exit(run())


def _translate(text: str) -> str:
    """An error in the language that is spoken."""
    if find_spoken() == ENGLISH:
        return text
    from .spoken_errors import translate_error  # late: 0.5 ms

    return translate_error(text)


def run(words: list[str] | None = None) -> int:
    """Run the command line, or these words of one; an error is a sentence on stderr and an exit code."""
    try:
        if words is None:
            open_streams()
        # Outside standalone mode, Click returns the code of a command that ends early.
        code = prassi.main(words, prog_name="prassi", standalone_mode=False)
        sys.stdout.flush()
        return code if isinstance(code, int) else 0
    except click.ClickException as error:
        vars(error)["message"] = _translate(error.message)
        shown = StringIO()
        error.show(shown)
        return _tell(shown.getvalue().rstrip("\n"), 2)
    except (click.Abort, KeyboardInterrupt):
        return 130
    except PrassiError as error:
        return _tell(str(error), error.exit_code, say("Error: "))
    except OverflowError:
        return _tell(say("Error: a number is too large; give a smaller one."), 2)
    except UnicodeEncodeError:
        return _tell(say("Error: an argument is not valid UTF-8; write it in UTF-8."), 2)
    except OSError as error:
        if error.filename is not None:  # A file of ours; the output has no name.
            raise
        drop_output()
        reason = (error.strerror or str(error)).lower()
        return _tell(
            say("Error: the output can't be written: {reason}; what was done is kept.").format(
                reason=reason
            ),
            1,
        )


def _tell(message: str, code: int, label: str = "") -> int:
    warn(message, label)
    return code


if __name__ == "__main__":
    main()
