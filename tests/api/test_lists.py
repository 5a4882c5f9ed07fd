"""Lists: filters, sorts, search, pages and cursors; and reads that see the caller's own writes."""

from typing import Any

import httpx
import pytest

from tests.fakes.world import World

pytestmark = pytest.mark.api
TASKS = "/api/v1/tasks"


async def made(client: httpx.AsyncClient, *bodies: dict[str, Any]) -> list[dict[str, Any]]:
    return [(await client.post(TASKS, json=body)).json() for body in bodies]


async def titles(client: httpx.AsyncClient, **params: Any) -> list[str]:
    answer = await client.get(TASKS, params=params)
    assert answer.status_code == 200, answer.text
    assert answer.json()["total"] == len(answer.json()["items"])
    return [task["title"] for task in answer.json()["items"]]


async def test_filters_narrow_and_combine(ada: httpx.AsyncClient) -> None:
    tasks = await made(
        ada,
        {"title": "Rent", "priority": "high", "tags": ["Home", "Money"], "due": {"date": "2026-12-01"}},
        {"title": "Dentist", "priority": "low", "due": {"local": "2026-12-01T08:00", "zone": "Europe/Berlin"}},
        {
            "title": "Taxes",
            "priority": "high",
            "tags": ["money"],
            "due": {"local": "2026-12-02T00:30", "zone": "Asia/Tokyo"},
        },
        {"title": "Someday", "description": "learn 100%_sure Ünïcode"},
    )
    await ada.post(f"{TASKS}/{tasks[1]['id']}/complete")
    assert await titles(ada) == ["Dentist", "Rent", "Taxes", "Someday"]
    assert await titles(ada, status="open") == ["Rent", "Taxes", "Someday"]
    assert await titles(ada, priority=["high", "none"]) == ["Rent", "Taxes", "Someday"]
    assert await titles(ada, tag="MONEY") == ["Rent", "Taxes"]
    assert await titles(ada, tag=["money", "home"]) == ["Rent"]
    # A day is the reader's; an instant means that instant. Half past midnight in Tokyo is the day before in Berlin.
    assert await titles(ada, due_before="2026-12-02") == ["Dentist", "Rent", "Taxes"]
    assert await titles(ada, due_after="2026-12-02") == []
    assert await titles(ada, due_after="2026-12-01", due_before="2026-12-02", status="open") == ["Rent", "Taxes"]
    assert await titles(ada, due_before="2026-12-01T08:00:00Z") == ["Dentist"]
    assert await titles(ada, due_after="2026-12-01T08:00:00Z") == ["Rent", "Taxes"]


async def test_search_finds_words_and_parts_of_words_in_every_field(ada: httpx.AsyncClient) -> None:
    await made(
        ada,
        {"title": "Call the PLUMBER", "tags": ["Küche"]},
        {"title": "x", "description": "100%_sure a back\\slash"},
        {"title": "y", "checklist": [{"text": "Buy mandarins"}]},
    )
    for search, found in {
        "lumb": 1,
        "plumber call": 1,
        "plumber mandarins": 0,
        "KÜCHE": 1,
        "0%_s": 1,
        "%": 1,
        "_": 1,
        "back\\s": 1,
        "mandarin": 1,
        "x": 1,
        "'; drop table tasks": 0,
        "   ": 3,
    }.items():
        assert len(await titles(ada, search=search)) == found, search


async def test_search_makes_no_difference_between_accents(ada: httpx.AsyncClient) -> None:
    await made(
        ada,
        {"title": "e\u0301lan"},
        {"title": "y", "description": "İstanbul"},
        {"title": "z", "tags": ["Straße", "Œuvre"]},
        {"title": "w", "checklist": [{"text": "Łódź"}]},
    )
    for search in ("elan", "ÉLAN", "ėlan", "istanbul", "ISTANBUL", "strasse", "straße", "oeuv", "lodz", "ŁÓDŹ"):
        assert len(await titles(ada, search=search)) == 1, search
    assert await titles(ada, search="elan lodz") == []
    for prefix, name in {"oeu": "Œuvre", "œu": "Œuvre", "STRASS": "Straße"}.items():
        answer = await ada.get("/api/v1/tags", params={"prefix": prefix})
        assert [tag["name"] for tag in answer.json()["items"]] == [name]
    assert await titles(ada, tag="oeuvre") == []  # another tag


@pytest.mark.parametrize("sort", ["due", "priority", "created", "updated", "title"])
async def test_cursors_and_pages_walk_the_same_list_once(here: World, ada: httpx.AsyncClient, sort: str) -> None:
    due: list[Any] = [None, {"date": "2026-12-01"}, {"date": "2026-11-25"}, None]
    priority = ["none", "high", "low"]
    for n in range(13):
        here.clock.move(seconds=n % 3)
        await made(ada, {"title": f"{n % 4} same", "due": due[n % 4], "priority": priority[n % 3]})
    for order in ("asc", "desc"):
        params = {"sort": sort, "order": order, "per_page": 4}
        whole = (await ada.get(TASKS, params={**params, "per_page": 200})).json()["items"]
        by_page = [
            task
            for page in range(1, 5)
            for task in (await ada.get(TASKS, params={**params, "page": page})).json()["items"]
        ]
        by_cursor, cursor = [], None
        while cursor is not None or not by_cursor:
            answer = (await ada.get(TASKS, params={**params, **({"cursor": cursor} if cursor else {})})).json()
            by_cursor += answer["items"]
            cursor = answer["next_cursor"]
            assert answer["total"] == 13
        assert whole == by_page == by_cursor
        if sort == "due":
            assert [task["due"] is None for task in whole] == [False] * 6 + [True] * 7


async def test_a_cursor_carries_any_title(here: World, ada: httpx.AsyncClient) -> None:
    for title in ("a" + "\x01" * 499, "a" + "\x02" * 499):
        last = await ada.post(TASKS, json={"title": "new"})
        await here.patch_as_before(ada, last.json()["id"], {"title": title})
    params = {"sort": "title", "per_page": "1"}
    seen = {"Duely-Consistency": last.headers["Duely-Consistency"]}
    cursor = (await ada.get(TASKS, params=params, headers=seen)).json()["next_cursor"]
    answer = await ada.get(TASKS, params={**params, "cursor": cursor})
    assert [task["title"] for task in answer.json()["items"]] == ["a" + "\x02" * 499]


async def test_a_cursor_holds_for_its_query_and_its_user(ada: httpx.AsyncClient, bob: httpx.AsyncClient) -> None:
    await made(ada, *({"title": str(n)} for n in range(3)))
    cursor = (await ada.get(TASKS, params={"per_page": 2})).json()["next_cursor"]
    changed = cursor[:-2] + ("AA" if cursor[-2:] != "AA" else "BB")
    tampered = [changed, cursor[:-1], cursor + "A", cursor[::-1], "", "x", "é", "0" * 4_000, cursor.swapcase()]
    for made_up in tampered:
        answer = await ada.get(TASKS, params={"per_page": 2, "cursor": made_up})
        assert (answer.status_code, answer.json()["code"]) == (400, "bad_cursor"), made_up
    assert (await ada.get(TASKS, params={"per_page": 1, "cursor": cursor})).json()["items"][0]["title"]
    assert (await ada.get(TASKS, params={"sort": "title", "cursor": cursor})).json()["code"] == "bad_cursor"
    assert (await bob.get(TASKS, params={"per_page": 2, "cursor": cursor})).json()["code"] == "bad_cursor"


async def test_a_read_with_the_token_waits_or_says_that_it_is_behind(here: World, ada: httpx.AsyncClient) -> None:
    here.lagging = True
    created = await ada.post(TASKS, json={"title": "Late"})
    token = {"Duely-Consistency": created.headers["duely-consistency"]}
    behind = await ada.get(TASKS, headers=token)
    assert (behind.status_code, behind.json()["code"]) == (503, "read_model_behind")
    assert behind.headers["retry-after"] == "1"
    assert (await ada.get(TASKS, headers={"Duely-Consistency": "eventual"})).json()["total"] == 0
    assert (await ada.get(TASKS, headers=token)).json()["total"] == 1


async def test_a_token_carries_the_newest_ten_writes(
    here: World, ada: httpx.AsyncClient, bob: httpx.AsyncClient
) -> None:
    token: dict[str, str] = {}
    for n in range(12):
        answer = await ada.post(TASKS, json={"title": str(n)}, headers=token)
        token = {"Duely-Consistency": answer.headers["duely-consistency"]}
    opened = here.app.state.duely.signer.open("consistency", ada.headers["x-user-id"], token["Duely-Consistency"])
    assert len(opened) == 10
    assert opened[-1] == [answer.json()["id"], 1]
    assert (await bob.get(TASKS, headers=token)).json()["code"] == "bad_consistency_token"
    purged = await ada.post(f"{TASKS}/{answer.json()['id']}/purge", headers=token)
    again = await ada.get(TASKS, headers={"Duely-Consistency": purged.headers["duely-consistency"]})
    assert again.json()["total"] == 11


async def test_a_repeated_request_does_not_turn_the_token_back(here: World, ada: httpx.AsyncClient) -> None:
    task = (await ada.post(TASKS, json={"title": "Often"})).json()
    path, once = f"{TASKS}/{task['id']}", {"Idempotency-Key": "once"}
    await ada.patch(path, json={"priority": "high"}, headers=once)
    newest = await ada.patch(path, json={"priority": "low"})
    token = {"Duely-Consistency": newest.headers["duely-consistency"]}
    again = await ada.patch(path, json={"priority": "high"}, headers={**once, **token})
    assert again.json()["version"] == 2
    opened = here.app.state.duely.signer.open(
        "consistency", ada.headers["x-user-id"], again.headers["duely-consistency"]
    )
    assert opened == [[task["id"], 3]]
