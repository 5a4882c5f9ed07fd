"""Refusals of bodies before they become commands: which code, at which field."""

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pydantic import ValidationError

from actors.commands import BODIES, Command, body_hash, clean_body
from actors.fields import fold, problems
from actors.typed import TYPED
from tests.fakes.person import FakePerson

pytestmark = pytest.mark.unit


def refused(name: str, body: dict[str, Any]) -> list[tuple[str, str]]:
    with pytest.raises(ValidationError) as caught:
        clean_body(name, body)
    return [(problem["pointer"], problem["code"]) for problem in problems(caught.value)]


@pytest.mark.parametrize(
    ("field", "value", "pointer", "code"),
    [
        ("title", "", "/title", "too_short"),
        ("title", "   ", "/title", "too_short"),
        ("title", "x" * 501, "/title", "too_long"),
        ("title", "😀" * 10_000, "/title", "too_long"),
        ("title", "a\0b", "/title", "invalid_text"),
        ("title", "a\ud800", "/title", "invalid_text"),
        ("title", "\udc00" * 600, "/title", "invalid_text"),
        ("title", 5, "/title", "wrong_type"),
        ("title", None, "/title", "wrong_type"),
        ("description", "x" * 20_001, "/description", "too_long"),
        ("description", "\0", "/description", "invalid_text"),
        ("priority", "asap", "/priority", "invalid_choice"),
        ("tags", [str(number) for number in range(11)], "/tags", "too_many"),
        ("tags", ["x" * 31], "/tags/0", "too_long"),
        ("tags", [" "], "/tags/0", "too_short"),
        ("tags", "home", "/tags", "wrong_type"),
        ("due", {"date": "2026-02-30"}, "/due/date", "invalid_date"),
        ("due", {"date": "20260201"}, "/due/date", "invalid_date"),
        ("due", {"date": "2026-W01-1"}, "/due/date", "invalid_date"),
        ("due", {"date": "3000-01-01"}, "/due/date", "invalid_date"),
        ("due", {"date": "٢٠٢٦-01-01"}, "/due/date", "invalid_date"),
        ("due", {"local": "2026-02-01T25:00", "zone": "UTC"}, "/due/local", "invalid_date"),
        ("due", {"local": "2026-02-01T10:00Z", "zone": "UTC"}, "/due/local", "invalid_date"),
        ("due", {"local": "2026-02-01T10:00", "zone": "Mars/Olympus"}, "/due/zone", "unknown_zone"),
        ("due", {"local": "2026-02-01T10:00", "zone": "../../etc/passwd"}, "/due/zone", "unknown_zone"),
        ("due", {"local": "2026-02-01T10:00"}, "/due", "invalid_date"),
        ("due", {"zone": None}, "/due", "invalid_date"),
        ("due", {"date": "2026-02-01", "zone": "UTC"}, "/due", "invalid_date"),
        ("due", {}, "/due", "invalid_date"),
        ("due", "2026-02-01", "/due", "wrong_type"),
        ("reminders", [{"offset_minutes": -1}], "/reminders/0/offset_minutes", "out_of_range"),
        ("reminders", [{"offset_minutes": 43_201}], "/reminders/0/offset_minutes", "out_of_range"),
        ("reminders", [{"offset_minutes": True}], "/reminders/0/offset_minutes", "wrong_type"),
        ("reminders", [{"at": "2026-02-01T10:00:00"}], "/reminders/0/at", "invalid_date"),
        ("reminders", [{"at": "0001-01-01T00:00:00+23:00"}], "/reminders/0/at", "invalid_date"),
        ("reminders", [{}], "/reminders/0", "invalid_reminder"),
        ("reminders", [{"at": "2026-02-01T10:00:00Z", "offset_minutes": 5}], "/reminders/0", "invalid_reminder"),
        ("reminders", [{"offset_minutes": 1}] * 21, "/reminders", "too_many"),
        ("checklist", [{"text": "x"}] * 101, "/checklist", "too_many"),
        ("checklist", [{"text": "x" * 501}], "/checklist/0/text", "too_long"),
        ("checklist", [{"text": "x", "done": "yes"}], "/checklist/0/done", "wrong_type"),
        ("checklist", [{"id": "a", "text": "x"}], "/checklist/0/id", "invalid_id"),
        ("urgent", True, "/urgent", "unknown_field"),
        ("a/b~c", 1, "/a~1b~0c", "unknown_field"),
    ],
)
def test_a_field_out_of_limits_is_named(field: str, value: Any, pointer: str, code: str) -> None:
    assert refused("CreateTask", {"title": "Pay rent", field: value}) == [(pointer, code)]


def test_two_entries_with_one_id_are_refused() -> None:
    entry = {"id": "7b6f5c1e-8a1d-4c53-9a0e-d2a7c7a5f001", "text": "x"}
    assert refused("PatchTask", {"checklist": [entry, entry]}) == [("/checklist", "duplicate_id")]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", "😀" * 500),
        ("title", "5m"),
        ("title", "2026-01-01"),
        ("description", "😀" * 20_000),
        ("tags", [str(number) * 15 for number in range(10, 20)]),
        ("due", {"date": "2028-02-29"}),
        ("due", {"local": "2026-03-29T02:30", "zone": "Europe/Berlin"}),
        ("reminders", [{"offset_minutes": minutes} for minutes in (0, 43_200, *range(1, 19))]),
        ("checklist", [{"text": "😀" * 500}] * 100),
    ],
)
def test_a_field_at_its_limit_passes_as_it_is(field: str, value: Any) -> None:
    assert clean_body("CreateTask", {"title": "x", field: value})[field] == value


def test_a_body_keeps_only_what_was_given() -> None:
    assert clean_body("PatchTask", {"due": None, "title": " x "}) == {"due": None, "title": "x"}
    assert clean_body("RenameTag", {"from": "a", "to": "b"}) == {"from": "a", "to": "b"}
    assert clean_body("CreateTask", {"title": "x", "due": {"date": "2026-01-01", "zone": None}})["due"] == {
        "date": "2026-01-01"
    }
    assert clean_body("CreateTask", {"title": "x", "tags": ["Home", "home", "HOME"]})["tags"] == ["Home"]


@pytest.mark.parametrize(
    ("name", "body", "pointer", "code"),
    [
        ("PatchTask", {"title": None}, "/title", "wrong_type"),
        ("AddTags", {"tags": []}, "/tags", "too_short"),
        ("MoveDue", {}, "/due", "required"),
        ("SnoozeReminder", {}, "", "invalid_snooze"),
        ("SnoozeReminder", {"minutes": 0}, "/minutes", "out_of_range"),
        ("Rezone", {"zone": "Berlin"}, "/zone", "unknown_zone"),
        ("RegisterUser", {"email": "nobody"}, "/email", "invalid_format"),
        ("UndoChange", {"version": 1, "changed": {}}, "/changed", "not_undoable"),
        ("UndoChange", {"version": 1, "changed": {"title": {"old": "x"}}}, "/changed", "not_undoable"),
        (
            "UndoChange",
            {"version": 1, "changed": {"zone": {"old": "UTC", "new": "UTC"}}},
            "/changed/zone",
            "unknown_field",
        ),
        ("CompleteTask", {"force": True}, "/force", "unknown_field"),
    ],
)
def test_other_bodies_are_held_too(name: str, body: dict[str, Any], pointer: str, code: str) -> None:
    assert (pointer, code) in refused(name, body)


def test_a_command_travels_unchanged() -> None:
    command = FakePerson().says("PatchTask", {"title": "5m", "due": {"date": "2026-01-01"}}, if_match=3)
    assert Command.from_wire(command.to_wire()) == command


def test_the_hash_is_of_name_and_body() -> None:
    assert body_hash("A", {"x": 1, "y": 2}) == body_hash("A", {"y": 2, "x": 1})
    assert len({body_hash("A", {"x": 1}), body_hash("B", {"x": 1}), body_hash("A", {"x": 2})}) == 3


ANYTHING = st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.lists(st.text(max_size=3), max_size=2)
FIELDS = sorted({name for body in BODIES.values() for name in body.model_fields})


@given(name=st.sampled_from(sorted(BODIES)), body=st.dictionaries(st.sampled_from(FIELDS), ANYTHING, max_size=4))
def test_no_body_ends_in_anything_but_a_refusal(name: str, body: dict[str, Any]) -> None:
    with suppress(ValidationError):
        assert clean_body(name, body).keys() <= body.keys()


@given(st.text(max_size=30))
@example("㏆")
def test_folding_is_done_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    assert fold(text.upper()) == fold(text.upper().lower())


def told(field: str, value: str) -> str:
    """Returns what is said about a text that was typed; "" when it is taken."""
    body = {"title": "x", field: [{"text": value}] if field == "checklist" else [value] if field == "tags" else value}
    try:
        BODIES["CreateTask"].model_validate(body, context=TYPED)
    except ValidationError as error:
        [problem] = problems(error)
        assert problem["code"] == "invalid_text"
        return problem["detail"].partition(";")[0]
    return ""


@pytest.mark.parametrize(
    ("sign", "name"),
    [
        ("\x07", "U+0007 BELL"),
        ("\x1b", "U+001B ESCAPE"),
        ("\x7f", "U+007F DELETE"),
        ("\x9b", "U+009B CONTROL CHARACTER"),
        ("\t", "U+0009 CHARACTER TABULATION"),
        ("\n", "U+000A LINE FEED"),
    ],
)
def test_a_control_character_is_named_with_its_place(sign: str, name: str) -> None:
    for field in ("title", "tags"):
        assert told(field, f"ab{sign}c") == f"{name} at position 3"
    for field in ("description", "checklist"):
        assert told(field, f"ab{sign}c") == ("" if sign in "\t\n" else f"{name} at position 3")


def test_spaces_and_line_ends_around_a_title_are_taken_off_and_not_refused() -> None:
    assert told("title", "\r\n\t ab \n") == ""
    assert told("title", "ab\x1f") == "U+001F INFORMATION SEPARATOR ONE at position 3"


def test_every_control_character_has_a_name() -> None:
    signs = [chr(code) for code in (*range(1, 0x20), *range(0x7F, 0xA0))]
    assert all(told("title", f"a{sign}b").split(" at ")[0].startswith(f"U+{ord(sign):04X} ") for sign in signs)
    assert {sign for sign in signs if not told("description", f"a{sign}b")} == set("\t\n\r")


def test_what_is_stored_with_a_control_character_stays_good() -> None:
    assert clean_body("CreateTask", {"title": "a\x07b\nc"})["title"] == "a\x07b\nc"


def test_nul_is_named_with_its_place() -> None:
    assert told("title", "a\0b") == "U+0000 NULL at position 2 cannot be stored"
