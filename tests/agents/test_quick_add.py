"""Quick add: what a line says, what it makes, and that a repeated line makes it once."""

import asyncio
import json
from typing import Any

import httpx
import pytest

from tests.fakes.world import World

pytestmark = pytest.mark.agents
ADD = "/api/v1/quick-add"
PARSE = "/api/v1/quick-add/parse"


async def made(person: httpx.AsyncClient, text: str, key: str | None = None, **more: Any) -> dict[str, Any]:
    headers = {} if key is None else {"Idempotency-Key": key}
    answer = await person.post(ADD, json={"text": text, **more}, headers=headers)
    assert answer.status_code == 201, answer.text
    task: dict[str, Any] = answer.json()
    return task


async def said(person: httpx.AsyncClient, text: str, **more: Any) -> dict[str, Any]:
    answer = await person.post(PARSE, json={"text": text, **more})
    assert answer.status_code == 200, answer.text
    reading: dict[str, Any] = answer.json()
    return reading


async def test_a_line_is_read_and_nothing_is_saved(ada: httpx.AsyncClient) -> None:
    reading = await said(ada, "Pay rent tomorrow at 9 #home !high remind me 1h before")
    assert reading == {
        "title": "Pay rent",
        "due": {"local": "2026-11-23T09:00", "zone": "Europe/Berlin"},
        "priority": "high",
        "tags": ["home"],
        "list": None,
        "reminders": [{"offset_minutes": 60}],
        "recurrence": None,
        "sentence": None,
        "spans": [
            {"start": 9, "end": 17, "kind": "date", "text": "tomorrow"},
            {"start": 18, "end": 22, "kind": "time", "text": "at 9"},
            {"start": 23, "end": 28, "kind": "tag", "text": "#home"},
            {"start": 29, "end": 34, "kind": "priority", "text": "!high"},
            {"start": 35, "end": 54, "kind": "reminder", "text": "remind me 1h before"},
        ],
    }
    assert (await ada.get("/api/v1/tasks")).json()["total"] == 0


async def test_a_line_becomes_the_task_that_it_was_read_as(ada: httpx.AsyncClient) -> None:
    text = "Pay rent tomorrow at 9 #home !high remind me 1h before"
    reading, task = await said(ada, text), await made(ada, text)
    assert {name: task[name] for name in ("title", "due", "priority", "tags")} == {
        name: reading[name] for name in ("title", "due", "priority", "tags")
    }
    assert [reminder["fire_at"] for reminder in task["reminders"]] == ["2026-11-23T07:00:00.000Z"]
    assert (await ada.get(f"/api/v1/tasks/{task['id']}")).json() == task


async def test_what_a_line_does_not_say_is_the_default(ada: httpx.AsyncClient) -> None:
    reading, task = await said(ada, "Pay rent tomorrow"), await made(ada, "Pay rent tomorrow")
    assert (reading["priority"], reading["reminders"], reading["tags"]) == (None, None, [])
    assert task["priority"] == "none"
    assert [reminder["offset_minutes"] for reminder in task["reminders"]] == [30]
    assert (await made(ada, "Pay rent tomorrow, no reminder"))["reminders"] == []


async def test_a_local_time_of_a_reminder_is_an_instant(ada: httpx.AsyncClient) -> None:
    task = await made(ada, "Taxes friday remind me tomorrow at 18:00")
    assert [reminder["fire_at"] for reminder in task["reminders"]] == ["2026-11-23T17:00:00.000Z"]


@pytest.mark.parametrize(
    ("text", "due", "offset"),
    [
        ("Water every day remind me at 8pm", {"date": "2026-11-22"}, "PT11H"),
        ("Water every day remind me at 8am", {"date": "2026-11-22"}, "-PT1H"),
        ("Water every day at 18:00 remind me at 8:30", {"local": "2026-11-22T18:00"}, "-PT9H30M"),
        ("Bins every friday at 7am remind me on thursday at 8pm", {"local": "2026-11-27T07:00"}, "P-1DT13H"),
    ],
)
async def test_what_repeats_reminds_at_a_time_of_its_day(
    ada: httpx.AsyncClient, text: str, due: dict[str, str], offset: str
) -> None:
    reading, task = await said(ada, text), await made(ada, text)
    assert reading["reminders"] == [{"offset": offset}]
    assert {name: task["due"][name] for name in due} == due
    series = (await ada.get(f"/api/v1/series/{task['series_id']}")).json()
    assert series["reminders"] == [{"offset": offset}]
    assert series["sentence"] == reading["sentence"]


async def test_a_repeated_line_makes_once_what_it_said_first(here: World, ada: httpx.AsyncClient) -> None:
    first = await made(ada, "Call in 2 hours", key="a")
    here.clock.move(hours=1)
    assert await made(ada, "Call in 2 hours", key="a") == first
    assert (await ada.get("/api/v1/tasks")).json()["total"] == 1
    other = await ada.post(ADD, json={"text": "Call in 3 hours"}, headers={"Idempotency-Key": "a"})
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_mismatch")
    task = await ada.post("/api/v1/tasks", json={"title": "x"}, headers={"Idempotency-Key": "a"})
    assert (task.status_code, task.json()["code"]) == (422, "idempotency_mismatch")


async def test_a_line_that_is_sent_twice_at_once_makes_one_task(ada: httpx.AsyncClient) -> None:
    both = await asyncio.gather(*(made(ada, "Call in 2 hours #home", key="a") for _ in range(2)))
    assert both[0] == both[1]
    assert (await ada.get("/api/v1/tasks")).json()["total"] == 1


async def test_a_repeated_line_that_repeats_makes_one_series(here: World, ada: httpx.AsyncClient) -> None:
    first = await made(ada, "Water every day at 18:00", key="a")
    here.clock.move(hours=12)
    assert (await made(ada, "Water every day at 18:00", key="a"))["id"] == first["id"]
    assert (await ada.get("/api/v1/series")).json()["total"] == 1


async def test_a_known_key_answers_though_the_line_is_too_old_by_now(here: World, ada: httpx.AsyncClient) -> None:
    written_at = "2026-10-23T12:30:00Z"
    first = await made(ada, "Call tomorrow", key="a", written_at=written_at)
    here.clock.move(hours=1)
    assert await made(ada, "Call tomorrow", key="a", written_at=written_at) == first
    late = await ada.post(ADD, json={"text": "Call tomorrow", "written_at": written_at})
    assert (late.status_code, late.json()["errors"][0]["pointer"]) == (422, "/written_at")


async def test_a_line_counts_from_where_and_when_it_was_written(ada: httpx.AsyncClient) -> None:
    when = {"written_at": "2026-11-20T02:00:00Z", "zone": "America/New_York"}
    task = await made(ada, "Call tomorrow at 9", **when)
    assert task["due"] == {"local": "2026-11-20T09:00", "zone": "America/New_York"}
    assert (await said(ada, "Call tomorrow at 9", **when))["due"] == task["due"]
    for written_at in ("2026-11-22T12:06:00Z", "2026-10-22T11:59:00Z", "2026-11-22"):
        answer = await ada.post(PARSE, json={"text": "Call", "written_at": written_at})
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/written_at")


async def test_a_long_title_is_cut_at_a_word_and_kept_whole(ada: httpx.AsyncClient) -> None:
    text = "Write tomorrow " + "word " * 200 + "end"
    task = await made(ada, text)
    assert task["title"] == " ".join(["Write", *["word"] * 99])
    assert task["description"] == text
    assert (await made(ada, "x" * 20_000))["title"] == "x" * 500
    too_long = await ada.post(ADD, json={"text": "x" * 20_001})
    assert (too_long.status_code, too_long.json()["errors"][0]["code"]) == (422, "too_long")


@pytest.mark.parametrize("text", ["", "  ", "\n", "\u200b", "a\x07b", "a\x00", "\ud800", 5, None])
async def test_no_text_is_refused(ada: httpx.AsyncClient, text: Any) -> None:
    for path in (ADD, PARSE):
        answer = await ada.post(path, content=json.dumps({"text": text}), headers={"Content-Type": "application/json"})
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/text")


async def test_spans_count_code_points(ada: httpx.AsyncClient) -> None:
    text = "🎂👨‍👩‍👧 cake tomorrow e\u0301te\u0301 #ñ"
    spans = (await said(ada, text))["spans"]
    assert [(span["text"], span["kind"]) for span in spans] == [("tomorrow", "date"), ("#ñ", "tag")]
    assert [text[span["start"] : span["end"]] for span in spans] == [span["text"] for span in spans]


@pytest.mark.parametrize(
    ("language", "text", "due"),
    [
        ("en", "Call tomorrow", "2026-11-23"),
        ("de", "Anrufen übermorgen", "2026-11-24"),
        ("fr", "Appeler demain", "2026-11-23"),
        ("es", "Llamar pasado mañana", "2026-11-24"),
    ],
)
async def test_a_line_is_read_in_the_language_of_the_person(
    ada: httpx.AsyncClient, language: str, text: str, due: str
) -> None:
    me = await ada.patch("/api/v1/me", json={"defaults": {"language": language}})
    assert me.json()["defaults"]["language"] == language
    assert (await made(ada, text))["due"] == {"date": due}
    assert (await said(ada, "Call tomorrow"))["due"] == {"date": "2026-11-23"}, "English is always read"
    assert (await said(ada, text, language="en"))["due"] == ({"date": due} if language == "en" else None)


async def test_the_language_begins_as_that_of_the_browser(here: World) -> None:
    for accepted, language in (("de-AT,de;q=0.9,en;q=0.8", "de"), ("nl,fr;q=0.5,en;q=0.3", "fr"), ("*", "en")):
        body = {"email": f"{language}@example.org", "password": "a long phrase of mine"}
        answer = await here.client(**{"Accept-Language": accepted}).post("/api/v1/auth/register", json=body)
        assert answer.json()["user"]["defaults"]["language"] == language


async def test_a_literal_stretch_stays_text(ada: httpx.AsyncClient) -> None:
    text = "🎂 Read tomorrow never dies tonight #film"
    literal = [[7, 15], [35, 40]]
    assert (await said(ada, text, literal=literal))["title"] == "🎂 Read tomorrow never dies #film"
    task = await made(ada, text, literal=literal)
    assert (task["title"], task["tags"]) == ("🎂 Read tomorrow never dies #film", [])
    assert task["due"] == {"local": "2026-11-22T20:00", "zone": "Europe/Berlin"}
    for wrong in ([[5, 5]], [[6, 5]], [[0, 99]], [[-1, 5]], [[1]], [[0, 1]] * 101):
        answer = await ada.post(PARSE, json={"text": text, "literal": wrong})
        assert answer.status_code == 422


async def test_fields_win_over_the_line_and_others_fill_in(ada: httpx.AsyncClient) -> None:
    otherwise = {"due": {"date": "2026-11-22"}, "tags": ["work"]}
    assert (await made(ada, "Call", otherwise=otherwise))["due"] == {"date": "2026-11-22"}
    task = await made(ada, "Call tomorrow #home !high", fields={"priority": "low"}, otherwise=otherwise)
    assert (task["due"], task["tags"], task["priority"]) == ({"date": "2026-11-23"}, ["home"], "low")
    assert (await made(ada, "Call tomorrow", fields={"due": None}))["due"] is None
    once = await made(ada, "Call every day", fields={"recurrence": None})
    assert (once["due"], once["series_id"]) == ({"date": "2026-11-22"}, None)


async def test_what_is_chosen_to_repeat_begins_today_and_counts_its_reminders(ada: httpx.AsyncClient) -> None:
    chosen = {"recurrence": {"rule": "FREQ=DAILY"}, "reminders": [{"at": "2026-11-22T19:00:00Z"}]}
    task = await made(ada, "Call", fields=chosen)
    assert task["due"] == {"date": "2026-11-22"}
    series = (await ada.get(f"/api/v1/series/{task['series_id']}")).json()
    assert series["reminders"] == [{"offset": "PT11H"}]


async def test_a_task_has_the_id_that_was_chosen_for_it(ada: httpx.AsyncClient) -> None:
    chosen = "3f2b8c1e-5d64-4a0b-9f77-0c1d2e3f4a5b"
    assert (await made(ada, "Call tomorrow", id=chosen))["id"] == chosen
    assert (await made(ada, "Call every day", id=chosen))["id"] != chosen


@pytest.mark.parametrize(
    "text",
    ["Dinner in 1500 years", "Meet tomorrow #\u2800", "\u3164 tomorrow", "x " * 300 + "+Home", "a\ttab\nand tomorrow"],
)
async def test_what_no_task_can_hold_stays_text(ada: httpx.AsyncClient, text: str) -> None:
    reading, task = await said(ada, text), await made(ada, text)
    assert task["due"] == reading["due"]


async def test_a_list_stays_in_the_title_until_there_are_lists(ada: httpx.AsyncClient) -> None:
    reading = await said(ada, "Call +Home tomorrow")
    assert (reading["title"], reading["list"]) == ("Call", "Home")
    assert (await made(ada, "Call +Home tomorrow"))["title"] == "Call +Home"


async def test_a_token_that_reads_may_ask_what_a_line_says(here: World, ada: httpx.AsyncClient) -> None:
    script = await here.script(ada, "read")
    assert (await script.post(PARSE, json={"text": "Call tomorrow"})).status_code == 200
    refused = await script.post(ADD, json={"text": "Call tomorrow"})
    assert (refused.status_code, refused.json()["code"]) == (403, "scope_missing")
