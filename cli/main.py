"""The entry point: finds the command, and tells every error in one place."""

from __future__ import annotations

import os
import sys
from io import StringIO

import click
from prassi.core import VERSION

from .lazy_group import LazyGroup

COMMANDS = {
    "init": "Make an empty ticket file.",
    "import": "Bring in customers and tickets from JSON, JSON Lines or CSV.",
    "export": "Print the whole file in the import format.",
    "triage": "What today asks of every open ticket; does what needs no person.",
    "call-outcome": "Record how a call went, and get the next step.",
    "promise": "Record a promise to pay, move one, or list them.",
    "payment": "Record which proformas were paid, or that a package was.",
    "preblock": "The pre-block sheet, or where one ticket stands on it.",
    "sheet": "Print a sheet of any book.",
    "care-reply": "Record what Customer Care answered.",
    "hand-back": "Take a ticket back from another department.",
    "insistence-check": "Check a requirement on which a customer insists; file a follow-up.",
    "answer": "Record the answer to a requirement.",
    "case-route": "Send a case to the unit that solves it, and look where cases are.",
    "call-conduct": "A call that can't go on like this: warn the caller, or end it.",
    "call-line": "A call about home internet that has reached the mobile desk.",
    "package-book": "Book a prepaid package, or say what to say about it.",
    "package-expiry": "What an expired package asks for; all of them, and calls about them.",
    "package-visit": "Move or cancel one visit of a package.",
    "package-cancel": "Cancel a package, with what is paid back.",
    "request": "What customers ask for, before it becomes a ticket: take it in, work on it.",
    "event": "Record any event of any book.",
    "show": "Show a ticket with its history.",
    "log": "Show the events of the file or of a ticket.",
    "undo": "Take back an event or a whole run.",
    "explain": "Say why: the facts, the rule, its sources, and what rules out the others.",
    "what-if": "What would become of the open tickets under other figures, days or books.",
    "replay": "Make every decision of the log again by the books as they are now.",
    "outbox": "List, show and export the messages that wait to be sent.",
    "book": "List, show and check the books.",
    "verify": "Check the file and its chain of events.",
    "backup": "Copy the file, whole and checked, while others work.",
    "restore": "Make a backup the ticket file again, once it is found sound.",
}
"""Every command with its help in short; its module is imported when it is called."""


@click.group(
    cls=LazyGroup, helps=COMMANDS, context_settings={"help_option_names": ["-h", "--help"]}
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
    """Run the command line; errors end with their sentence on stderr and their exit code."""
    from prassi.core.errors import PrassiError

    from .streams import open_streams

    try:
        open_streams()
        # Outside standalone mode, Click returns the code of a command that ends early.
        code = prassi.main(prog_name="prassi", standalone_mode=False)
        sys.stdout.flush()
        sys.exit(code if isinstance(code, int) else 0)
    except click.ClickException as error:
        told = StringIO()
        error.show(told)
        _warn(told.getvalue().rstrip("\n"))
        sys.exit(2)
    except (click.Abort, KeyboardInterrupt):
        sys.exit(130)
    except PrassiError as error:
        _warn(f"Error: {error}")
        sys.exit(error.exit_code)
    except OverflowError:
        _warn("Error: a number that was given is larger than any there is; give another one.")
        sys.exit(2)
    except UnicodeEncodeError:
        _warn("Error: what was given holds bytes that are not UTF-8 text; give it as UTF-8.")
        sys.exit(2)
    except OSError as error:
        from .streams import drop_output

        if error.filename is not None:  # Not the output, which has no name.
            raise
        drop_output()
        reason = (error.strerror or str(error)).lower()
        _warn(f"Error: the output can't be written: {reason}; what is done stays done.")
        sys.exit(1)


def _warn(text: str) -> None:
    from .streams import warn

    warn(text)


if __name__ == "__main__":
    main()
