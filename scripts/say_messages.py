#!/usr/bin/env python
"""Write the scenarios that say the messages of the shipped books whole, in each language.

    python scripts/say_messages.py [BOOK...]

What a message says is judged by people who read it; these scenarios then notice every change of it. Run
this when messages were changed on purpose, and read the difference before it is committed. It prints
which changes of messages still no scenario notices.
"""

from __future__ import annotations

import os
import sys
from contextlib import closing, suppress

from prassi.core.analysis.scenarios.coverage import play_scenarios
from prassi.core.analysis.scenarios.find_scenarios import find_targets
from prassi.core.analysis.scenarios.stage import Stage
from prassi.core.analysis.scenarios.text_trial import SAID, TextTrial
from prassi.core.library.settings import NONE

BOOKS = ("cases", "collections", "insistence", "packages")
HEAD = """\
# Made by scripts/say_messages.py: what each message says now, in each language. Read what changes.

"""
FOLDER = os.path.join(os.path.dirname(os.path.dirname(os.path.realpath(__file__))), "core", "books")


def main() -> None:
    for book in sys.argv[1:] or BOOKS:
        path = os.path.join(FOLDER, book, "scenarios", SAID)
        with suppress(FileNotFoundError):
            os.remove(path)
        settings, [target] = find_targets(NONE, [os.path.join(FOLDER, book)])
        with closing(Stage(settings)) as stage:
            texts = list(stage.shelf.files(book).messages.texts(book))
            trial = TextTrial(stage.shelf.book(book), stage, texts)
            for one in play_scenarios(stage, target.scenarios):
                if one.played is not None and not one.differences:
                    trial.try_on(one.scenario, one.played)
            made = [scenario.as_toml() for scenario in trial.make_missing()]
            left = [one for one in trial.list_survivors() if trial.explain(one) is None]
        with open(path, "w", encoding="utf-8") as file:
            file.write(HEAD + "\n".join(made))
        print(
            f"{book}: {trial.count} changes of messages, {len(made)} scenarios, {len(left)} not noticed"
        )
        for change in left:
            print(f"  {change.place}: {change.description}")


if __name__ == "__main__":
    main()
