"""Bad input: every answer is a problem that says what to do, and never a 500."""

import json
from collections.abc import AsyncGenerator
from typing import Any

import httpx
import pytest

from tests.fakes.schema import faults
from tests.fakes.world import World
from web.api.app import describe

pytestmark = pytest.mark.api
TASKS = "/api/v1/tasks"
JSON = {"content-type": "application/json"}
SOON = {"local": "2026-11-22T14:00", "zone": "Europe/Berlin"}


def fault(answer: httpx.Response) -> tuple[int, str, str]:
    """Returns the status, and place and code of the first fault."""
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    problem = answer.json()
    assert faults(problem, "Problem") == []
    assert problem["status"] == answer.status_code
    assert problem["detail"].endswith((".", ".)")), problem["detail"]
    first = problem["errors"][0]
    return answer.status_code, first.get("pointer", first.get("parameter")), first["code"]


GOOD: list[dict[str, Any]] = [
    {"title": "x" * 500},
    {"title": "😀" * 500},
    {"title": "5m"},
    {"title": "2026-01-01"},
    {"title": "x", "description": "é" * 20_000},
    {"title": "x", "tags": [f"{n:030}" for n in range(10)]},
    {"title": "x", "tags": ["Home", "home", "HOME"] * 10},
    {"title": "x", "due": {"date": "2028-02-29"}},
    {"title": "x", "due": {"local": "2026-03-29T02:30", "zone": "Europe/Berlin"}},
    {"title": "x", "reminders": [{"at": "2027-01-01T00:00:00Z"}] * 20},
    {"title": "x", "reminders": [{"offset_minutes": 525_600}, {"offset_minutes": -43_200}]},
    {"title": "x", "checklist": [{"text": str(n)} for n in range(100)]},
    {"title": "👩\u200d👧"},
    {"title": "\u2067a\u2068b\u2069\u2069 c \u2066d"},
    {"title": "x", "description": "\u200b", "tags": ["...", "a\u200b"]},
    {"title": "\u202ereversed"},
    {"title": "x", "description": "- one\r\n\t- two\n", "checklist": [{"text": "one\n\ttwo"}]},
]
BAD: list[tuple[Any, str, str]] = [
    ({}, "/title", "required"),
    ({"title": ""}, "/title", "too_short"),
    ({"title": "   "}, "/title", "too_short"),
    ({"title": "x" * 501}, "/title", "too_long"),
    ({"title": "😀" * 501}, "/title", "too_long"),
    ({"title": None}, "/title", "wrong_type"),
    ({"title": 5}, "/title", "wrong_type"),
    ({"title": "a\0b"}, "/title", "invalid_text"),
    ({"title": "\u200b \u2060\ufeff"}, "/title", "invisible_text"),
    ({"title": "\u202e\u0007"}, "/title", "invisible_text"),
    ({"title": "a\u2069\u202eb"}, "/title", "invalid_text"),
    ({"title": "a\u0007b"}, "/title", "invalid_text"),
    ({"title": "a\nb"}, "/title", "invalid_text"),
    ({"title": "x", "tags": ["a\tb"]}, "/tags/0", "invalid_text"),
    ({"title": "x", "description": "a\u001b[31mb"}, "/description", "invalid_text"),
    ({"title": "x", "checklist": [{"text": "a\u009bb"}]}, "/checklist/0/text", "invalid_text"),
    ({"title": "x", "tags": ["\u2066a\u2069\u2069"]}, "/tags/0", "invalid_text"),
    ({"title": "\u3164\u2800\ufe0f"}, "/title", "invisible_text"),
    ({"title": "x", "tags": ["home", "\u00ad"]}, "/tags/1", "invisible_text"),
    ({"title": "x", "tags": [".."]}, "/tags/0", "invalid_tag"),
    ({"title": "x", "tags": [" . "]}, "/tags/0", "invalid_tag"),
    ({"title": "x", "description": "x" * 20_001}, "/description", "too_long"),
    ({"title": "x", "priority": "most"}, "/priority", "invalid_choice"),
    ({"title": "x", "owner": "me"}, "/owner", "unknown_field"),
    ({"title": "x", "user_id": "me"}, "/user_id", "unknown_field"),
    ({"title": "x", "a/b~c": 1}, "/a~1b~0c", "unknown_field"),
    ({"title": "x", "id": "me"}, "/id", "invalid_id"),
    ({"title": "x", "tags": "home"}, "/tags", "wrong_type"),
    ({"title": "x", "tags": ["x" * 31]}, "/tags/0", "too_long"),
    ({"title": "x", "tags": [""]}, "/tags/0", "too_short"),
    ({"title": "x", "tags": [str(n) for n in range(11)]}, "/tags", "too_many"),
    ({"title": "x", "due": {"date": "2026-02-30"}}, "/due/date", "invalid_date"),
    ({"title": "x", "due": {"date": "2027-02-29"}}, "/due/date", "invalid_date"),
    ({"title": "x", "due": {"date": "26-1-1"}}, "/due/date", "invalid_date"),
    ({"title": "x", "due": {"local": "2026-01-01T25:00", "zone": "UTC"}}, "/due/local", "invalid_date"),
    ({"title": "x", "due": {"local": "2026-01-01T09:00", "zone": "Mars/Base"}}, "/due/zone", "unknown_zone"),
    ({"title": "x", "due": {"local": "2026-01-01T09:00", "zone": "../../etc/passwd"}}, "/due/zone", "unknown_zone"),
    ({"title": "x", "due": {"local": "2026-01-01T09:00"}}, "/due", "invalid_date"),
    ({"title": "x", "due": {"date": "2026-01-01", "zone": "UTC"}}, "/due", "invalid_date"),
    ({"title": "x", "due": "tomorrow"}, "/due", "wrong_type"),
    ({"title": "x", "reminders": [{"offset_minutes": -43_201}]}, "/reminders/0/offset_minutes", "out_of_range"),
    ({"title": "x", "reminders": [{"offset_minutes": 525_601}]}, "/reminders/0/offset_minutes", "out_of_range"),
    ({"title": "x", "reminders": [{"offset_minutes": 10**30}]}, "/reminders/0/offset_minutes", "out_of_range"),
    ({"title": "x", "reminders": [{"offset_minutes": True}]}, "/reminders/0/offset_minutes", "wrong_type"),
    ({"title": "x", "reminders": [{"at": "2026-01-01"}]}, "/reminders/0/at", "invalid_date"),
    ({"title": "x", "reminders": [{}]}, "/reminders/0", "invalid_reminder"),
    ({"title": "x", "reminders": [{"offset_minutes": 1}] * 21}, "/reminders", "too_many"),
    ({"title": "x", "checklist": [{"text": "x"}] * 101}, "/checklist", "too_many"),
    ({"title": "x", "checklist": [{"text": "x" * 501}]}, "/checklist/0/text", "too_long"),
    ([], "", "wrong_type"),
    ("task", "", "wrong_type"),
]


async def test_every_field_is_taken_at_its_limit_and_kept_as_it_is(ada: httpx.AsyncClient) -> None:
    for body in GOOD:
        answer = await ada.post(TASKS, json=body)
        assert answer.status_code == 201, (answer.text, str(body)[:100])
        assert answer.json()["title"] == body["title"]
        assert (await ada.get(f"{TASKS}/{answer.json()['id']}")).json() == answer.json()


async def test_every_field_is_refused_beyond_its_limit(ada: httpx.AsyncClient) -> None:
    for body, pointer, code in BAD:
        assert fault(await ada.post(TASKS, json=body)) == (422, pointer, code), str(body)[:100]
    assert (await ada.get(TASKS)).json()["total"] == 0


async def test_an_invisible_title_is_answered_with_what_it_is_made_of(ada: httpx.AsyncClient) -> None:
    answer = await ada.post(TASKS, json={"title": "\u200b\u0007\u200b"})
    assert "U+200B, U+0007" in answer.json()["errors"][0]["detail"]
    assert "U+0000" in (await ada.post(TASKS, json={"title": "a\0b"})).json()["errors"][0]["detail"]
    answer = await ada.post(TASKS, json={"title": "\u202eseen \u0007bell"})
    assert "U+0007 BELL at position 7" in answer.json()["errors"][0]["detail"]


@pytest.mark.parametrize("title", ["\u200b", "a\u0007b\nc"])
async def test_a_title_from_before_that_is_refused_now_stays_usable(
    here: World, ada: httpx.AsyncClient, title: str
) -> None:
    url = f"{TASKS}/{(await ada.post(TASKS, json={'title': 'seen', 'tags': ['seen']})).json()['id']}"
    await here.patch_as_before(ada, url[-36:], {"title": title, "tags": ["..", "\u00ad", "home"]})
    assert (await ada.patch(url, json={"description": "more"})).json()["title"] == title
    assert (await ada.delete(url)).status_code < 300
    assert (await ada.post(f"{url}/restore")).json()["title"] == title
    assert (await ada.patch(url, json={"title": "seen again"})).status_code == 200
    entry = (await ada.get("/api/v1/activity", params={"limit": 1})).json()["items"][0]
    assert (await ada.post(f"/api/v1/activity/{entry['id']}/undo")).json()["title"] == title
    bulk = {"action": "remove_tag", "ids": [url[-36:]], "args": {"tag": ".."}}
    assert (await ada.post(f"{TASKS}/bulk", json=bulk)).json()["results"][0]["status"] == 200
    assert (await ada.delete(f"{url}/tags/%C2%AD")).json()["tags"] == ["home"]


async def test_other_bodies_are_held_to_their_limits_too(ada: httpx.AsyncClient) -> None:
    url = f"{TASKS}/{(await ada.post(TASKS, json={'title': 'x'})).json()['id']}"
    table: list[tuple[str, str, Any, str, str]] = [
        ("PATCH", url, {"title": None}, "/title", "wrong_type"),
        ("PATCH", url, {"status": "completed"}, "/status", "unknown_field"),
        ("PUT", f"{url}/priority", {"priority": None}, "/priority", "invalid_choice"),
        ("POST", f"{url}/tags", {"tags": []}, "/tags", "too_short"),
        ("POST", f"{url}/snooze", {}, "", "invalid_snooze"),
        ("POST", f"{url}/snooze", {"minutes": 0}, "/minutes", "out_of_range"),
        ("POST", f"{url}/acknowledge", {"reminder": "x"}, "/reminder", "unknown_field"),
        ("POST", f"{TASKS}/bulk", {"action": "explode", "ids": []}, "/action", "invalid_choice"),
        ("POST", f"{TASKS}/bulk", {"action": "complete", "ids": []}, "/ids", "too_short"),
        ("POST", f"{TASKS}/bulk", {"action": "complete", "ids": ["x"]}, "/ids/0", "invalid_id"),
        ("POST", f"{TASKS}/bulk", {"action": "complete", "ids": [url[-36:]] * 2}, "", "duplicate_id"),
        (
            "POST",
            f"{TASKS}/bulk",
            {"action": "complete", "ids": [url[-36:]], "args": {"x": 1}},
            "/args/x",
            "unknown_field",
        ),
        (
            "POST",
            f"{TASKS}/bulk",
            {"action": "add_tags", "ids": [url[-36:]], "args": {"tags": ["\u200d"]}},
            "/args/tags/0",
            "invisible_text",
        ),
        ("PATCH", url, {"title": "\u200b"}, "/title", "invisible_text"),
        ("PATCH", url, {"title": "a\u0007b"}, "/title", "invalid_text"),
        ("PATCH", "/api/v1/tags/home", {"name": "a\nb"}, "/name", "invalid_text"),
        ("PATCH", "/api/v1/me", {"name": "a\tb"}, "/name", "invalid_text"),
        ("PATCH", "/api/v1/tags/home", {"name": "\u200b"}, "/name", "invisible_text"),
        ("PATCH", "/api/v1/tags/home", {"name": "x" * 31}, "/name", "too_long"),
        ("PATCH", "/api/v1/me", {"timezone": "Nowhere"}, "/timezone", "unknown_zone"),
        ("PATCH", "/api/v1/me", {"email": "x@y"}, "/email", "unknown_field"),
        (
            "PATCH",
            "/api/v1/me",
            {"defaults": {"reminder_offset_minutes": "5m"}},
            "/defaults/reminder_offset_minutes",
            "wrong_type",
        ),
        ("POST", "/api/v1/tokens", {"name": "x", "scopes": ["admin"]}, "/scopes/0", "invalid_choice"),
        ("POST", "/api/v1/tokens", {"name": "x", "scopes": []}, "/scopes", "too_short"),
        (
            "POST",
            "/api/v1/tokens",
            {"name": "x", "scopes": ["read"], "expires_in_days": 0},
            "/expires_in_days",
            "out_of_range",
        ),
        ("POST", "/api/v1/auth/register", {"email": "x" * 260 + "@y", "password": "x1" * 10}, "/email", "too_long"),
        ("POST", "/api/v1/auth/register", {"email": "no at sign", "password": "x1" * 10}, "/email", "invalid_format"),
        ("POST", "/api/v1/auth/login", {"email": 1, "password": "x"}, "/email", "wrong_type"),
    ]
    for method, path, body, pointer, code in table:
        answer = await ada.request(method, path, json=body)
        assert fault(answer) == (422, pointer, code), (method, path, body)


async def test_queries_are_held_to_their_limits(ada: httpx.AsyncClient) -> None:
    table = [
        (TASKS, "sort=colour", "sort", "invalid_choice"),
        (TASKS, "color=red", "color", "unknown_field"),
        (TASKS, "per_page=201", "per_page", "out_of_range"),
        (TASKS, "per_page=0", "per_page", "out_of_range"),
        (TASKS, f"page={10**30}", "page", "out_of_range"),
        (TASKS, "page=1&page=none", "page", "wrong_type"),
        (TASKS, "due_before=2026-02-30", "due_before", "invalid_date"),
        (TASKS, "due_after=0001-01-01T00:00:00%2B14:00", "due_after", "invalid_date"),
        (TASKS, "overdue=maybe", "overdue", "wrong_type"),
        (TASKS, "series=x", "series", "invalid_id"),
        (TASKS, "search=%00", "search", "invalid_text"),
        (TASKS, "tag=%00", "tag/0", "invalid_text"),
        (TASKS, f"search={'x' * 201}", "search", "too_long"),
        ("/api/v1/tags", "prefix=%00", "prefix", "invalid_text"),
        ("/api/v1/reminders", "status=soon", "status", "invalid_choice"),
        ("/api/v1/reminders/ledger", "", "task_id", "required"),
        ("/api/v1/activity", "before=-1", "before", "out_of_range"),
        ("/api/v1/activity", f"before={2**63}", "before", "out_of_range"),
        ("/api/v1/activity", "from=yesterday", "from", "invalid_date"),
        ("/api/v1/activity", "type=%27;drop", "type/0", "invalid_format"),
        ("/api/v1/notifications", "unread_only=2", "unread_only", "wrong_type"),
    ]
    for path, query, parameter, code in table:
        assert fault(await ada.get(f"{path}?{query}")) == (422, parameter, code), (path, query)
    assert (await ada.get(f"{TASKS}?search=%ff%fe")).status_code == 200
    assert (await ada.get("/api/v1/activity?from=2026-01-01T00:00:00+02:00")).status_code == 200


RAW: list[tuple[bytes, int, str]] = [
    (b"", 400, "malformed_json"),
    (b"{", 400, "malformed_json"),
    (b'{"title": "x",}', 400, "malformed_json"),
    (b"\xff\xfe", 400, "malformed_json"),
    (b'{"title": "\xff"}', 400, "malformed_json"),
    (b'{"title": NaN}', 422, "invalid_request"),
    (b"[" * 100_000, 400, "malformed_json"),
    (b'{"title":' * 20_000 + b"1" + b"}" * 20_000, 400, "malformed_json"),
    (b"null", 422, "invalid_request"),
    (b'{"title": ' + b"9" * 100_000 + b"}", 400, "malformed_json"),
    (b'{"title": "x", "reminders": [{"offset_minutes": ' + b"9" * 4_000 + b"}]}", 422, "invalid_request"),
    (b'{"title": "\\ud800"}', 422, "invalid_text"),
    (b'{"title": "x", "\\ud800": 1}', 422, "invalid_text"),
    (b'{"title": "\\u0000"}', 422, "invalid_text"),
    (b'{"title": "x", "tags": ["\\udc00\\ud800"]}', 422, "invalid_text"),
    (b'{"title": "a", "title": ""}', 422, "invalid_request"),
]


async def test_what_is_hardly_json_is_answered_as_what_it_is(ada: httpx.AsyncClient) -> None:
    for raw, status, code in RAW:
        answer = await ada.post(TASKS, content=raw, headers=JSON)
        assert (answer.status_code, answer.json()["code"]) == (status, code), (raw[:60], answer.text[:300])
    lone = await ada.post(TASKS, content=b'{"title": "x", "due": {"zone": "\\udfff"}}', headers=JSON)
    assert lone.json()["errors"][0]["pointer"] == "/due/zone"


async def test_a_name_may_stand_once_in_an_object(ada: httpx.AsyncClient) -> None:
    table = [
        (b'{"title": "a", "title": "b"}', "/title"),
        (b'{"title": "a", "due": {"date": "2026-01-01", "date": "2026-01-02"}}', "/due/date"),
        (b'{"title": "a", "checklist": [{"text": "a"}, {"text": "a", "te\\u0078t": "b"}]}', "/checklist/1/text"),
        (b'{"a": {"b": 1, "b": 2}, "a": 3}', "/a"),
        (b'{"a/b": 1, "a/b": 2}', "/a~1b"),
    ]
    for raw, pointer in table:
        answer = await ada.post(TASKS, content=raw, headers=JSON)
        assert fault(answer) == (422, pointer, "duplicate_key"), raw
    assert (await ada.get(TASKS)).json()["total"] == 0


async def test_no_answer_is_larger_than_it_must_be(here: World, ada: httpx.AsyncClient) -> None:
    """28,000 unknown keys made 2.4 MB."""
    many = [
        {f"k{number}": 1 for number in range(20_000)},
        {f"k{number}": 1 for number in range(1_900)},
        {"title": "x", "tags": [1] * 80_000},
        {"title": "x", "checklist": [{}] * 60_000},
        {"title": "x", "reminders": [{"at": "x" * 1_000, "y" * 1_000: "z" * 1_000}] * 20},
        {"title": "x" * 200_000, "priority": "y" * 20_000},
        {"x" * 200_000: 1},
        {"title": "x", "due": {"zone": "x" * 200_000, "date": "y" * 20_000}},
        [{"x": 1}] * 20_000,
        {"action": "complete", "ids": ["x"] * 40_000, "args": {"x" * 9: ["y"] * 1_000}},
    ]
    for body in many:
        for path in (TASKS, f"{TASKS}/bulk", "/api/v1/series", "/api/v1/auth/login", "/api/v1/auth/register"):
            answer = await (ada if "auth" not in path else here.client()).post(path, json=body)
            assert (answer.status_code, len(answer.content) < 12_000) == (422, True), (path, str(body)[:60])
            named = [found["code"] for found in answer.json()["errors"]]
            assert len(named) <= 20
            assert named.count("unknown_field") <= 5


async def test_a_long_query_is_refused_before_it_is_read(ada: httpx.AsyncClient) -> None:
    for query in ("&".join(f"k{number}=1" for number in range(8_000)), "&" * 60_000):
        answer = await ada.get(f"{TASKS}?{query}")
        assert (answer.status_code, answer.json()["code"]) == (422, "too_many_parameters")
        assert len(answer.content) < 1_000
    answer = await ada.get(TASKS + "?" + "&".join(f"k{number}=1" for number in range(90)))
    assert (answer.status_code, len(answer.json()["errors"])) == (422, 5)


async def test_a_number_that_is_too_long_is_called_so(ada: httpx.AsyncClient) -> None:
    for digits in (20, 400, 4_000):
        raw = b'{"title": "x", "reminders": [{"offset_minutes": ' + b"9" * digits + b"}]}"
        answer = await ada.post(TASKS, content=raw, headers=JSON)
        assert fault(answer) == (422, "/reminders/0/offset_minutes", "out_of_range"), digits
    longer = await ada.post(TASKS, content=b'{"title": ' + b"9" * 5_000 + b"}", headers=JSON)
    assert longer.json()["detail"].endswith("a number has more than 4,300 digits.")
    for digits in (20, 400, 5_000):
        answer = await ada.get(f"{TASKS}?page={'9' * digits}")
        assert fault(answer) == (422, "page", "out_of_range"), digits
    assert fault(await ada.post(f"/api/v1/activity/{'9' * 5_000}/undo"))[2] == "out_of_range"
    assert "exceeded maximum size" not in answer.text


async def test_what_no_answer_can_carry_is_refused_in_bulk_too(ada: httpx.AsyncClient) -> None:
    head = b'{"action": "add_tags", "ids": ["0b9f7a52-7c7f-5a5e-9b0e-3f0a4f6f2d11"], "args": '
    for args in (b'{"tags": ["\\ud800"]}', b'{"tags": [{"deep": "\\udfff"}]}', b'{"tags": ["\\u0000"]}'):
        answer = await ada.post(f"{TASKS}/bulk", content=head + args + b"}", headers=JSON)
        assert answer.status_code == 422, (args, answer.text)
        assert answer.json()["errors"][0]["pointer"].startswith("/args")
    assert answer.json()["code"] == "invalid_text"


async def test_a_body_of_which_nothing_is_required_may_be_absent(here: World, ada: httpx.AsyncClient) -> None:
    url = f"{TASKS}/{(await ada.post(TASKS, json={'title': 'x', 'due': SOON})).json()['id']}"
    here.clock.move(hours=2)
    await here.actors.tick("TaskActor", url[-36:])
    seen = await ada.post(f"{url}/acknowledge")
    assert (seen.status_code, seen.json()["reminders"][0]["acknowledged_at"] is None) == (200, False)
    assert (await ada.post(f"{url}/acknowledge", content=b"{}", headers=JSON)).status_code == 200
    assert (await ada.post(f"{url}/acknowledge", content=b"{}")).status_code == 415
    assert (await ada.post(f"{url}/snooze")).status_code == 415


async def test_no_zone_is_taken_that_is_no_place(ada: httpx.AsyncClient) -> None:
    for zone in ("Factory", "localtime", "posixrules", "posix/Europe/Berlin", "Etc/Unknown", ""):
        assert fault(await ada.patch("/api/v1/me", json={"timezone": zone})) == (422, "/timezone", "unknown_zone"), zone
    assert (await ada.patch("/api/v1/me", json={"timezone": "Etc/GMT+12"})).status_code == 200
    for name in ("europe/berlin", "W. Europe Standard Time"):
        assert (await ada.patch("/api/v1/me", json={"timezone": name})).json()["timezone"] == "Europe/Berlin", name


async def test_what_has_the_wrong_form_is_told_by_an_example(here: World, ada: httpx.AsyncClient) -> None:
    for email in ("ada", "ada@", "@", "a b@example.org", "ada@example.org\n@"):
        answer = await here.client().post("/api/v1/auth/register", json={"email": email, "password": "x" * 20})
        assert fault(answer) == (422, "/email", "invalid_format"), email
        assert answer.json()["errors"][0]["detail"] == "not an email address, as ada@example.org."
    answer = await ada.get("/api/v1/activity?type=everything")
    assert answer.json()["errors"][0]["detail"] == "not the type of an event, as task.created."


async def test_a_search_for_more_words_than_are_looked_for_is_refused(ada: httpx.AsyncClient) -> None:
    await ada.post(TASKS, json={"title": " ".join(map(str, range(10)))})
    ten = " ".join(map(str, range(10)))
    assert (await ada.get(TASKS, params={"search": ten})).json()["total"] == 1
    assert fault(await ada.get(TASKS, params={"search": f"{ten} 11"})) == (422, "search", "too_many")


async def test_only_json_is_taken_for_json(ada: httpx.AsyncClient) -> None:
    for content_type in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "", "é"):
        answer = await ada.post(TASKS, content=b'{"title":"x"}', headers={"content-type": content_type.encode()})
        assert (answer.status_code, answer.json()["code"]) == (415, "unsupported_media_type")
    fine = {"content-type": "Application/JSON; charset=utf-8"}
    assert (await ada.post(TASKS, content=b'{"title":"x"}', headers=fine)).status_code == 201


async def test_a_body_of_5_mb_is_refused_before_it_is_read(ada: httpx.AsyncClient) -> None:
    read = 0

    async def endless() -> AsyncGenerator[bytes]:
        nonlocal read
        while read < 5_000_000:
            read += 10_000
            yield b"x" * 10_000

    declared = await ada.post(TASKS, content=b"x" * 5_000_000, headers=JSON)
    assert (declared.status_code, declared.json()["code"]) == (413, "body_too_large")
    streamed = await ada.post(TASKS, content=endless(), headers=JSON)
    assert (streamed.status_code, read < 300_000) == (413, True)
    for length in ("-1", "five", "٣", "9" * 400):
        answer = await ada.post(TASKS, content=b"{}", headers={**JSON, "content-length": length.encode()})
        assert answer.status_code == 413
    most = json.dumps({"title": "x", "pad": "x" * (256 * 1024 - 28)}).encode()
    assert (await ada.post(TASKS, content=most, headers=JSON)).status_code == 422


async def test_made_up_ids_are_things_that_do_not_exist(ada: httpx.AsyncClient) -> None:
    paths = [
        ("tasks", "task"),
        ("tokens", "token"),
        ("auth/sessions", "session"),
    ]
    for path, what in paths:
        for made_up in ("x", "%00", "%F0%9F%98%80", "0" * 300, "a'b", "%2e%2e"):
            answer = await ada.delete(f"/api/v1/{path}/{made_up}")
            assert (answer.status_code, answer.json()["code"]) == (404, f"{what}_not_found"), (path, made_up)
    assert (await ada.post("/api/v1/activity/99/undo")).json()["code"] == "activity_not_found"
    assert (await ada.post(f"/api/v1/activity/{2**70}/undo")).status_code == 422


async def test_headers_of_ours_are_checked(here: World, ada: httpx.AsyncClient) -> None:
    for key in (b"", b"x" * 256, b"\x01", b"a\tb"):
        answer = await ada.post(TASKS, json={"title": "x"}, headers={"idempotency-key": key})
        assert answer.json()["code"] == "bad_idempotency_key", key
    url = f"{TASKS}/{(await ada.post(TASKS, json={'title': 'x'})).json()['id']}"
    for made_up in ("x", "A" * 100, "é".encode(), "x" * 10_000):
        headers = {"duely-consistency": made_up}
        for answer in (await ada.get(TASKS, headers=headers), await ada.post(f"{url}/complete", headers=headers)):
            assert (answer.status_code, answer.json()["code"]) == (400, "bad_consistency_token")
    assert (await ada.get(url)).json()["status"] == "open"


async def test_unknown_addresses_and_methods_are_problems_too(ada: httpx.AsyncClient) -> None:
    for path in ("/api/v1/nothing", "/api/v2/tasks", "/actors/TaskActor/1/method/turn", "/dapr/config", "/x%00y"):
        answer = await ada.get(path, headers={"accept": "text/html"})
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found"), path
    wrong = await ada.put(TASKS, json={})
    assert (wrong.status_code, wrong.json()["code"]) == (405, "method_not_allowed")
    assert wrong.headers["allow"] == "GET, HEAD, POST"
    task = await ada.post(f"{TASKS}/0b9f7a52-7c7f-5a5e-9b0e-3f0a4f6f2d11")
    assert (task.status_code, task.headers["allow"]) == (405, "DELETE, GET, HEAD, PATCH")


async def test_a_path_of_its_own_takes_its_documented_methods_and_no_others(ada: httpx.AsyncClient) -> None:
    for path, methods in describe()["paths"].items():
        documented = {method.upper() for method in methods}
        for method in {"GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"} - documented if "{" not in path else ():
            answer = await ada.request(method, path)
            assert answer.status_code == 405, (method, path)
            assert set(answer.headers["allow"].split(", ")) - {"HEAD"} == documented, (method, path)
