"""Import of JSON that is broken: the line of each fault, and what can still be read."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from brought_in import CUSTOMER, TICKET, Box, lines
from hypothesis import given, settings
from hypothesis import strategies as st
from prassi.core.errors import BadInput


@pytest.fixture
def box(tmp_path: Path) -> Iterator[Box]:
    made = Box(tmp_path)
    yield made
    made.connection.close()


ONE = '{"ref": "C-1", "name": '

BROKEN_LINES = [
    (ONE + '"Ros"si"}', "this is not valid JSON: expecting ',' delimiter at character 29"),
    (ONE + '"Rossi"', "this is not valid JSON: expecting ',' delimiter at character 31"),
    (ONE + '"a\tb"}', "this is not valid JSON: invalid control character"),
    (ONE + '"a"} {}', "this is not valid JSON: something follows the object"),
    (ONE + '"a", "name": "b"}', "key 'name' is twice in one object"),
    (ONE + "NaN}", "NaN is not a JSON number"),
    (ONE + "-Infinity}", "-Infinity is not a JSON number"),
    (ONE + "1e400}", "name is 1e400: it must be text"),
    (ONE + "9" * 5000 + "}", "name is 9999"),
    (ONE + "[" * 100_000, "this is nested too deep"),
    (ONE + "[" * 900 + "]" * 900 + "}", "name is [[[["),
    ("[1, 2]", "this is [1, 2]; a row must be an object"),
]


@pytest.mark.parametrize(("line", "reason"), BROKEN_LINES)
def test_a_broken_line_does_not_hide_the_others(box: Box, line: str, reason: str) -> None:
    faults = box.faults(rows='{"ref": "C-0"}\n' + line + '\n\n{"ref": 3}\n')
    assert len(faults) == 2
    assert faults[0].startswith("rows:2: ")
    assert reason in faults[0]
    assert faults[1].startswith("rows:4: ")


DOCUMENTS = [
    (
        '{"customers":\n[{"ref": "C-1"}\n{"ref": "C-2"}]}',
        3,
        "this is not valid JSON: , or ] should stand here",
    ),
    (
        '{"customers": [\n\n{"ref": "C-1", "ref": "C-2"}]}',
        3,
        "key 'ref' is twice in one object",
    ),
    ('{"customers": [],\n\n"x": 3}', 3, "a document has customers, states and tickets, and no 'x'"),
    ('{"customers": [],\n"customers": []}', 2, "'customers' is twice in the document"),
    ('{"customers": {}}', 1, "this is not valid JSON: [ should stand here, not '{}}'"),
    ('{"customers": []}\n{}', 2, "the text should end here"),
    ('{"customers": [],\n7: []}', 2, "a key should stand here, not '7: []}'"),
    ('{"customers": [\n{"ref": "C-1", "name": "abc', 2, "unterminated string"),
    ('{"customers": [\n"C-1"]}', 2, "this is 'C-1'; a row must be an object"),
    ('{"customers": [' + "[" * 100_000, 1, "this is nested too deep"),
    ('[\n{"ref": "C-1"},\n{"ref": 1}]', 3, "ref is 1: it must be text"),
    ('{\n"ref": "C-1"\n}\n{\n"ref": 1\n}', 4, "ref is 1: it must be text"),
    ("{}", 1, "customer: ref is missing"),
]


@pytest.mark.parametrize(("text", "line", "reason"), DOCUMENTS)
def test_a_broken_document(box: Box, text: str, line: int, reason: str) -> None:
    (fault,) = box.faults(rows=text)
    assert fault.startswith(f"rows:{line}: ")
    assert reason in fault


def test_what_links_to_the_unread_rest_of_a_source_is_no_fault(box: Box) -> None:
    faults = box.faults(
        rows='{"customers": [\n{"ref": "C-0"}; {"ref": "C-1"}]}', more=lines(TICKET)
    )
    assert len(faults) == 1


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_no_bytes_end_in_anything_but_a_sentence(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    whole = json.dumps({"customers": [CUSTOMER], "tickets": [TICKET]}).encode()
    place = data.draw(st.integers(0, len(whole)))
    cut = data.draw(st.integers(place, len(whole)))
    content = whole[:place] + data.draw(st.binary(max_size=8)) + whole[cut:]
    box = Box(tmp_path_factory.mktemp("box"))
    with suppress(BadInput):
        box.take(rows=content)
    box.connection.close()
