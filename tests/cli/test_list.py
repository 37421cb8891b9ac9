"""`prassi list`: a query finds the tickets it says, and a wrong one is told with its place."""

from __future__ import annotations

import pytest
from desk import MONDAY, SETTINGS, Desk
from openpyxl import load_workbook
from procedure import calling, promised, ticket

CUSTOMERS = [
    {"ref": "C-1", "name": "Società Bolle Blu srl", "email": "info@bolle.example.org"},
    {"ref": "C-2", "name": "Щёлково Вода", "phone": "8 (495) 765 43 21", "language": "ru"}
    | {"email": "voda@example.org"},
    {"ref": "C-3", "name": None},
]

VIEWS = '\n[views]\nmine = "who:anna"\nfaulty = "who:anna due:<=tody"\nnested = "@mine"\n'
LARGE = [
    {"number": "L-1", "amount": "500.00", "paid": "2026-01-05"},
    {"number": "L-2", "amount": "20.00"},
]


@pytest.fixture
def desk(desk: Desk) -> Desk:
    desk.settings(SETTINGS.replace('"giulia"', '["giulia", "luca"]') + VIEWS)
    return desk.load(
        {**calling(1, 1), "ref": "T-1", "assignee": "anna", "priority": "high"},
        {**ticket("closed"), "ref": "T-2", "result": "settled"},
        {
            **ticket("new", 1),
            "ref": "T-3",
            "customer": "C-2",
            "notes": [{"at": "2026-02-02", "text": "Scrive dal PERÙ; vuole un rateo"}],
            "proformas": LARGE,
        },
        {**promised("2026-03-05", 3), "ref": "T-4", "customer": "C-3"},
        {
            **ticket("notice-due", 3, task="find-address 2026-02-27", preblock_on="2026-02-10"),
            "ref": "T-5",
        },
        {"ref": "R-1", "book": "insistence", "customer": "C-1", "status": "open"}
        | {
            "opened": "2026-02-01",
            "line": "metered",
            "subject": "bill",
            "respond_by": "2026-02-13",
        },
        customers=CUSTOMERS,
    )


def find(desk: Desk, *query: str, more: str = "") -> str:
    ran = desk.good(["list", *query, "--columns", "ticket", "--csv", "--raw", *more.split()])
    return " ".join(ran.out.split()[1:])


QUERIES = {
    "": "T-1 T-3 T-4 T-5 R-1",
    "all:yes": "T-1 T-2 T-3 T-4 T-5 R-1",
    "book:collections": "T-1 T-3 T-4 T-5",
    "BOOK:Collections,insistence status:new": "T-3",
    "status:new,calling": "T-1 T-3",
    "status:clos*": "T-2",
    "not status:closed": "T-1 T-3 T-4 T-5 R-1",
    "result:settled": "",
    "ticket:t-1": "T-1",
    "ticket:t*": "T-1 T-3 T-4 T-5",
    "ticket:~1": "T-1 R-1",
    "customer:bolle": "T-1 T-5 R-1",
    "customer:c-2": "T-3",
    "customer:olle": "",
    "name:~olle": "T-1 T-5 R-1",
    "name:societa*": "T-1 T-5 R-1",
    'customer:"bolle blu"': "T-1 T-5 R-1",
    "customer:ЩЕЛК": "T-3",
    "name:none": "T-4",
    "name:any book:insistence": "R-1",
    "phone:4957654321": "T-3",
    "language:ru": "T-3",
    "due:<=today": "T-1 T-4 T-5",
    "due:today": "T-1 T-4",
    "due:<yesterday": "T-5",
    "due:none": "T-3 R-1",
    "not due:<=today": "T-3 R-1",
    "due:>=fri": "",
    "action:find-address": "T-5",
    "who:anna": "T-1",
    "who:giulia": "T-5",
    "who:LUCA": "T-5",
    "who:support": "T-5",
    "who:none": "T-3 R-1",
    "who:agent": "T-1 T-4",
    "person:anna": "T-1",
    "person:none": "T-3 T-4 T-5 R-1",
    "assignee:none": "T-3 T-4 T-5 R-1",
    "priority:>=medium book:collections": "T-1",
    "amount:>200": "T-4 T-5",
    "amount:20": "T-3",
    "amount:none": "R-1",
    'tag:"chiamata 1"': "T-1",
    "tag:chiamata*": "T-1",
    "tag:none book:collections": "T-3 T-5",
    "tag:any": "T-1 T-4",
    "note:~peru": "T-3",
    "note:none": "T-1 T-4 T-5 R-1",
    "missed_calls:>=1": "T-1",
    "missed_calls:0": "T-3 T-4 T-5",
    "preblock_on:<2026-03-01": "T-5",
    "subject:bill": "R-1",
    "proformas.amount:>300": "T-3",
    "proformas.amount:>300 proformas.paid:none": "",
    "(proformas.amount:>300) (proformas.paid:none)": "T-3",
    "not proformas.number:PF-1 book:collections": "T-3",
    "proformas:none": "R-1",
    "promises.state:open promises.pay_on:<=+3d": "T-4",
    "task.kind:payment-check": "T-4",
    "message.state:waiting": "",
    "status:new or who:anna": "T-1 T-3",
    "status:new or who:anna priority:low": "T-3",
    "(status:new or who:anna) priority:high": "T-1",
    "not (status:new or who:anna)": "T-4 T-5 R-1",
    "not not status:new and book:collections": "T-3",
    "@mine": "T-1",
    "@mine or status:new": "T-1 T-3",
    'note:"x\'); DROP TABLE ticket; --"': "",
    "note:~100%_": "",
}


@pytest.mark.parametrize("query", QUERIES)
def test_a_query_finds_its_tickets(desk: Desk, query: str) -> None:
    assert find(desk, query) == QUERIES[query]


def test_words_of_a_shell_are_one_query(desk: Desk) -> None:
    assert find(desk, "tag:chiamata 1", "book:collections") == "T-1"
    assert find(desk, "note:~vuole un", "or", "who:anna") == "T-1 T-3"


WRONG = {
    "staus:new": "at 'staus:new' (character 1): there is no field 'staus'; did you mean 'status'?",
    "book:collections status:calng": "(character 18): there is no status 'calng'; did you mean 'calling'?",
    "book:colections": "there is no book 'colections'; did you mean 'collections'?",
    "who:ana": "there is nobody of that name; did you mean 'anna'?",
    "proformas.amont:3": "there is no field of proformas 'amont'; did you mean 'amount'?",
    "promises.state:opn": "there is no state 'opn'; did you mean 'open'?",
    "message.state:waitng": "there is no state 'waitng'; did you mean 'waiting'?",
    "due:31.2.": "due is '31.2.': write 2026-03-02, 2/3/2026, today, tomorrow, fri, +5d or -2w.",
    "due:+99999d": "it is beyond the calendar",
    "amount:>x": "amount is 'x': it must be an amount",
    "amount:~1": "amount is not a text",
    "subject:<b": "subject is a text, which can't be compared",
    "due:<1,2": "give one value after <",
    "bolle": "this is not a condition: write FIELD:VALUE",
    "status:": "status has no value",
    "(status:new": "this parenthesis is not closed",
    "status:new )": "at ')' (character 12): this parenthesis closes nothing",
    "status:new or": "at its end: a condition such as status:new is missing here",
    'tag:"x': "a quotation mark is not closed",
    "(" * 60 + "status:new": "more than 40 parentheses",
    "status:new " * 300: "is too long",
    "note:a*b*c*d*e*f*g": "note has more than 5 *",
    "@mne": "the settings have no view 'mne'; did you mean @mine?",
    "@faulty": "view faulty, at 'due:<=tody' (character 10): due is 'tody'",
    "@nested": "a view can't have another one in it",
    "all:no": "write all:yes",
}


@pytest.mark.parametrize("query", WRONG)
def test_a_wrong_query_is_told_with_its_place(desk: Desk, query: str) -> None:
    ran = desk.run(["list", query])
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith(("Error: QUERY", "Error: view"))
    assert WRONG[query] in ran.err
    assert ran.err.count("\n") == 1


def test_columns_are_the_keys_of_json_with_their_values(desk: Desk) -> None:
    (line,) = desk.good("list ticket:T-3 --json").rows
    assert (line["amount"], line["name"], line["who"]) == ("20.00", "Щёлково Вода", None)
    columns = "proformas.amount,missed_calls,tags,proformas.paid,notice_waits"
    (line,) = desk.good(f"list ticket:T-3 --columns {columns} --json").rows
    assert line == {
        "proformas.amount": ["500.00", "20.00"],
        "missed_calls": 0,
        "tags": [],
        "proformas.paid": ["2026-01-05", None],
        "notice_waits": False,
    }
    ran = desk.run("list --columns ticket,amont")
    assert ran.code == 2
    assert ran.err.endswith("--columns amont: there is no such column; did you mean 'amount'?\n")
    assert desk.run("list --columns ticket,").code == 2


def test_lines_come_in_the_order_asked_for_those_without_a_value_last(desk: Desk) -> None:
    assert find(desk, more="--sort due") == "T-5 T-1 T-4 T-3 R-1"
    assert find(desk, more="--sort -due,-ticket --limit 4") == "T-4 T-1 T-5 T-3"
    assert find(desk, "book:collections", more="--sort -priority") == "T-1 T-3 T-4 T-5"
    assert find(desk, "book:collections", more="--sort amount") == "T-3 T-1 T-4 T-5"
    assert desk.run("list --sort du").code == 2


def test_heads_can_be_left_out(desk: Desk) -> None:
    assert desk.good("list ticket:T-1 --columns ticket,due --no-header").out == "T-1  2026-03-02\n"
    with_heads = desk.good("list ticket:T-1 --columns ticket,due").out
    assert with_heads.splitlines()[0].split() == ["ticket", "due"]
    assert desk.good("list ticket:T-1 --columns due --csv --raw --no-header").out == "2026-03-02\n"


def test_a_saved_query_is_a_line_of_the_settings(desk: Desk) -> None:
    line = desk.good(["list", "tag:chiamata 1", "who:anna", "--save", "called"]).out
    desk.settings(SETTINGS + f"[views]\n{line}")
    assert find(desk, "@called") == "T-1"
    assert desk.run("list staus:new --save x").code == 2
    assert desk.run(["list", "who:anna", "--save", "x = 1"]).code == 2


def test_nothing_found_is_no_fault(desk: Desk) -> None:
    assert "all:yes" in desk.good("list result:settled").out
    assert desk.good("list status:closed book:insistence").out == "Nothing found.\n"
    assert desk.good("list result:settled --json").out == ""


def test_messages_are_asked_for_by_state(desk: Desk) -> None:
    desk.good("call-outcome T-3 no-answer")
    assert (
        find(desk, "message.state:waiting message.channel:email message.template:summary") == "T-3"
    )
    assert find(desk, "message.to:voda@* message.language:ru message.subject:any") == "T-3"
    desk.good("outbox cancel 1")
    assert find(desk, "message.state:waiting") == ""
    assert find(desk, "message.state:withdrawn") == "T-3"


def test_due_is_that_of_the_ticket_s_own_task(desk: Desk) -> None:
    shown = {ref: desk.view(ref)["next"] for ref in ("T-1", "T-3", "T-4", "T-5", "R-1")}
    for line in desk.good("list --json", at=MONDAY).rows:
        step = shown[line["ticket"]] or dict.fromkeys(("action", "due", "who", "person"))
        assert {name: line[name] for name in ("action", "due", "who", "person")} == {
            name: step[name] for name in ("action", "due", "who", "person")
        }


def test_lines_can_be_a_spreadsheet(desk: Desk) -> None:
    for command, count in (("list book:collections", 4), ("find bolle", 3)):
        desk.good(f"{command} --xlsx {desk.folder / 'x.xlsx'} --force")
        (sheet,) = load_workbook(desk.folder / "x.xlsx")
        assert len([row for row in sheet.iter_rows(min_row=2) if row[0].value]) >= count
    assert desk.run(f"find bolle --xlsx {desk.folder / 'x.xlsx'}").code == 2
    assert desk.good("find t-3 --columns ticket,phone --no-header").out.startswith("T-3  8 (495)")
    assert "did you mean 'phone'?" in desk.run("find bolle --columns phon").err


def test_a_book_of_which_all_tickets_are_closed_has_its_fields(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """Closed tickets are looked at for their books where open ones do not name all of them."""
    row = {"ref": "R-1", "book": "insistence", "customer": "C-1", "status": "closed"}
    row |= {"opened": "2026-02-01", "line": "metered", "subject": "bill"}
    row |= {"respond_by": "2026-02-13", "answer": "paid", "answered_on": "2026-02-02"}
    own = Desk(tmp_path_factory.mktemp("closed"))
    own.load({**calling(1, 1), "ref": "T-1"}, row, customers=CUSTOMERS)
    (line,) = own.good("list all:yes line:metered --columns ticket,line,missed_calls --json").rows
    assert line == {"ticket": "R-1", "line": "metered", "missed_calls": None}
