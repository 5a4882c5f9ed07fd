"""Fills a running Duely through its API with one of each thing that a data folder may hold.

kept/ has the backup of such a system after a kill. It was made by `fill`, `duely pause-consumer` for the projector, the
notifier and recurrence, and `write_on`. Everything is due in 2099, so that no later day changes it; other reminders
fire at once.
"""

from typing import Any

from tests.support.client import Caller, instant
from tests.support.deadline import eventually

BERLIN = "Europe/Berlin"
FAR = {"local": "2099-03-31T09:00", "zone": BERLIN}
LATER = {"local": "2099-06-01T18:30", "zone": BERLIN}


async def fill(url: str) -> str:
    """Signs up two people and does some of everything; returns the token of a script of the first one."""
    async with Caller(url) as ada, Caller(url) as bob:
        await ada.sign_up(BERLIN, "ada@example.org")
        await bob.sign_up("America/New_York", "bob@example.org")
        token: str = (await ada.call("POST", "/tokens", {"name": "kept", "scopes": ["read", "write"]}))["token"]
        await _choose(bob)
        await _tasks(ada)
        await _answers(ada)
        await _schedules(ada)
        await _completions(ada)
        await ada.create("Bob must not see this", tags=["private"])
        await bob.create("Ada must not see this", due={"date": "2099-01-01"})
        return token


async def write_on(url: str, token: str) -> None:
    """Writes while the consumers are paused: tasks, an edit, completed occurrences, a paused series."""
    async with Caller(url, token) as ada:
        tasks = {task["title"]: task["id"] for task in await ada.items("/tasks", status="open", per_page=200)}
        series = {item["title"]: item["id"] for item in await ada.items("/series", per_page=200)}
        await ada.create("Nobody has read of me", tags=["late"], due=FAR, reminders=[{"offset_minutes": 45}])
        await ada.patch(tasks["Plain"], description="edited while nobody consumed")
        await ada.do(tasks["Pay rent"], "complete")
        await ada.do(tasks["Water plants"], "complete")
        await ada.call("POST", f"/series/{series['Stand-up']}/pause")


async def _choose(bob: Caller) -> None:
    quiet = {"start": "22:00", "end": "07:00"}
    chosen = {"reminder_offset_minutes": 15, "digest_at": "07:30", "quiet_hours": quiet}
    await bob.call("PATCH", "/me", {"name": "Bob", "defaults": chosen})


async def _tasks(ada: Caller) -> None:
    await ada.create("Plain")
    whole = await ada.create(
        "Everything",
        description="Ünïcode, *Markdown* and\nlines",
        priority="urgent",
        tags=["Home", "würzig"],
        due=FAR,
        reminders=[{"offset_minutes": 30}, {"offset_minutes": 1440}, {"at": "2099-03-01T08:00:00Z"}],
        checklist=[{"text": "one"}, {"text": "two"}],
    )
    items = [{"id": item["id"], "text": item["text"], "done": True} for item in whole["checklist"]]
    await ada.patch(whole["id"], checklist=items)
    await ada.patch(whole["id"], title="Everything and more", due=LATER)
    done = await ada.create("Done", due={"date": "2099-01-02"})
    await ada.do(done["id"], "complete")
    again = await ada.create("Reopened")
    await ada.do(again["id"], "complete")
    await ada.do(again["id"], "reopen")
    await ada.delete((await ada.create("In the trash", tags=["gone"]))["id"])
    purged = await ada.create("Purged")
    await ada.delete(purged["id"])
    await ada.do(purged["id"], "purge")
    overdue = await ada.create("Overdue", due={"local": "2020-01-01T09:00", "zone": BERLIN}, reminders=[])
    await ada.patch(overdue["id"], priority="low")


async def _answers(ada: Caller) -> None:
    """Lets three reminders fire now: one is snoozed far ahead, one acknowledged, one left."""
    tasks = [await ada.create(f"Rings {number}", reminders=[{"at": instant(0.5)}]) for number in range(3)]
    for task in tasks:
        await eventually(lambda task_id=task["id"]: _has_fired(ada, task_id), 10, "the reminder fires")
    first, second, _ = [task["reminders"][0]["id"] for task in tasks]
    await ada.do(tasks[0]["id"], "snooze", {"reminder_id": first, "until": "2099-01-01T00:00:00Z"})
    await ada.do(tasks[1]["id"], "acknowledge", {"reminder_id": second})


async def _has_fired(ada: Caller, task_id: str) -> bool:
    return bool((await ada.task(task_id))["reminders"][0]["status"] == "fired")


async def _schedules(ada: Caller) -> None:
    async def series(title: str, rule: str, **fields: Any) -> dict[str, Any]:
        body = {"title": title, "rule": rule, "start": FAR, **fields}
        made: dict[str, Any] = await ada.call("POST", "/series", body, expect=201)
        return made

    async def do(of: dict[str, Any], what: str, body: Any = None) -> Any:
        return await ada.call("POST", f"/series/{of['id']}/{what}", body)

    rent = await series("Pay rent", "FREQ=MONTHLY;BYMONTHDAY=31", month_end="clamp", checklist=[{"text": "transfer"}])
    await do(rent, "skip", {"slot": "2099-04-30T09:00"})
    await do(rent, "move", {"slot": "2099-05-31T09:00", "to": LATER})
    await series("Look ahead", "FREQ=WEEKLY;BYDAY=MO,TH", look_ahead_days=30, pile_up="newest")
    await series("Stand-up", "FREQ=DAILY", tags=["work"], reminders=[{"offset_minutes": 5}])
    held = await series("Held", "FREQ=DAILY")
    first = held["next"]["task_id"]
    await ada.patch(first, description="written by hand")
    await do(held, "pause")
    moved = await series("Another hour", "FREQ=DAILY")
    await ada.call("PATCH", f"/series/{moved['id']}", {"start": {"local": "2099-03-31T07:45", "zone": BERLIN}})
    split = await series("Split", "FREQ=DAILY")
    await ada.call(
        "PATCH",
        f"/series/{split['id']}",
        {"title": "Split, the rest", "from_slot": "2099-04-03T09:00"},
        expect=(200, 201, 202),
    )
    stopped = await series("Stopped", "FREQ=DAILY")
    await do(stopped, "stop", {"keep": True})
    deleted = await series("Deleted", "FREQ=DAILY")
    await ada.call("DELETE", f"/series/{deleted['id']}", expect=(200, 204))
    await ada.create("Days", due={"date": "2099-03-31"}, recurrence={"rule": "FREQ=YEARLY"})


async def _completions(ada: Caller) -> None:
    """Adds a series after completion, whose next occurrence is far ahead whenever this one is completed."""
    body = {"title": "Water plants", "rule": "FREQ=YEARLY;INTERVAL=70", "mode": "completion", "start": FAR}
    made = await ada.call("POST", "/series", body, expect=201)
    await ada.do(made["next"]["task_id"], "complete")
