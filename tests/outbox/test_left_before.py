"""What left with a step that was undone is not sent again when the step is done again."""

from __future__ import annotations

import pytest
from desk import MONDAY, Desk
from procedure import calling, ticket
from servers import Script, serve_mail

SIGNED = '[company]\nname = "Quadrifoglia"\nemail = "desk@example.org"\n'
NOON = f"{MONDAY}T12:00"


def states(desk: Desk) -> list[tuple[str, str | None]]:
    rows = desk.good("outbox list --all --json").rows
    return [(row["state"], row["reason"]) for row in rows]


def letters(desk: Desk, folder: str) -> int:
    """Hand over what waits to a folder of its own; how many letters lie there then."""
    desk.good(f"outbox export {desk.folder / folder}")
    return len([*(desk.folder / folder / "new").iterdir()])


@pytest.fixture
def called(desk: Desk) -> Desk:
    """A desk with a call of which the letter was handed over, and which was undone since."""
    desk.settings(SIGNED)
    desk.load(ticket("new"))
    desk.good("call-outcome T-1 no-answer")
    assert letters(desk, "first") == 1
    desk.good("undo T-1 --yes")
    return desk


def test_whatever_folder_it_is_handed_over_to(called: Desk) -> None:
    """Also where the step is undone and done again once more; the next call has a letter of its own."""
    for number, folder in ((2, "second"), (3, "third")):
        called.good("call-outcome T-1 no-answer")
        assert letters(called, folder) == 0
        assert states(called)[number - 1] == ("handed-over", "as message 1")
        called.good("undo T-1 --yes")
    called.good("call-outcome T-1 no-answer")
    assert letters(called, "fourth") == 0
    for step in ("close T-1 withdrawn --note over", "reopen T-1", "call-outcome T-1 no-answer"):
        called.good(step)
    assert letters(called, "fifth") == 1
    called.good("verify")


def test_each_that_left_stands_for_one_step(called: Desk) -> None:
    called.good("call-outcome T-1 no-answer")
    assert letters(called, "second") == 0
    called.good("call-outcome T-1 no-agreement --reason refuses", at="2026-03-09")
    called.good("close T-1 withdrawn --note over", at="2026-03-09")
    called.good("reopen T-1", at="2026-03-10")
    called.good("call-outcome T-1 no-answer", at="2026-03-10")
    made = [row["template"] for row in called.good("outbox list --json").rows]
    assert made == ["summary"]
    assert letters(called, "third") == 1


def test_several_steps_that_are_done_again_send_nothing(desk: Desk) -> None:
    """Each letter that left is taken for one; undone and done again, it is taken once more."""
    steps = ("close T-1 withdrawn --note over", "reopen T-1", "call-outcome T-1 no-answer")
    desk.settings(SIGNED)
    desk.load(ticket("new"))
    for folder in ("first", "second", "third"):
        desk.good("call-outcome T-1 no-answer")
        assert letters(desk, folder) == (1 if folder == "first" else 0)
        for step in steps:
            desk.good(step)
        assert letters(desk, folder) == (2 if folder == "first" else 0)
        for _ in range(4):
            desk.good("undo T-1 --yes")
    desk.good("verify")


@pytest.mark.parametrize("change", ["email=other@example.org", "email="])
def test_what_goes_to_somebody_else_is_another_letter(called: Desk, change: str) -> None:
    called.good(f"customer set C-1 {change}")
    called.good("call-outcome T-1 no-answer")
    called.run(f"outbox export {called.folder / 'second'}")
    assert states(called)[1] == (("handed-over" if "@" in change else "waiting"), None)


def test_the_book_is_told_when_it_left(desk: Desk) -> None:
    """A notice that left on Monday runs from Monday, though the step was done again on Tuesday."""
    desk.load(calling(3, 3))
    script = Script()
    with serve_mail(script) as site:
        sender = f'smtp = "localhost:{site.port}"\nsecurity = "none"\nfrom = "desk@example.org"\n'
        desk.settings(f"{SIGNED}[mail]\n{sender}daily = 1\n")
        desk.good("call-outcome T-1 no-answer", at=NOON)
        assert desk.good("outbox send", at=NOON).out == "Messages: 1 sent.\n"
        for step in ("sent", "call"):  # that it was sent is no step to be taken back unasked
            ran = desk.run("undo T-1", at=NOON)
            assert (ran.code, f"({step} on T-1) has left already" in ran.err) == (2, True)
            desk.good("undo T-1 --yes", at=NOON)
        desk.good("call-outcome T-1 no-answer", at="2026-03-03T12:00")
        told = "| left before: it left on 2026-03-02 as message 1, of a step that was undone\n"
        assert told in desk.good("outbox send -n", at="2026-03-03T12:00").out
        (row,) = desk.good("outbox send --json", at="2026-03-03T12:00").rows
        assert (row["outcome"], row["state"], row["rule"]) == ("left before", "sent", "sent.notice")
        assert desk.good("outbox send", at="2026-03-03T12:00").out == "No messages wait.\n"
        assert len(script.mails) == 1
        assert desk.show()["preblock_on"] == MONDAY
        desk.good("outbox send 2 --again", at="2026-03-03T12:00")
        assert len(script.mails) == 2
    desk.good("verify")
