"""Series of a person on a running system: made, read, and waited for."""

from datetime import UTC, datetime, timedelta

from tests.support.client import Caller, Json
from tests.support.deadline import eventually

WAIT_SECONDS = 5.0


def start_in(**ahead: float) -> Json:
    """Returns a start so far ahead of now, in UTC."""
    return {"local": local(datetime.now(UTC) + timedelta(**ahead)), "zone": "UTC"}


def local(moment: datetime) -> str:
    """Returns a local time as the API answers it: without seconds on the full minute."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S" if moment.second else "%Y-%m-%dT%H:%M")


async def create(person: Caller, **fields: object) -> Json:
    body = {"title": "Water the plants", "rule": "FREQ=DAILY", "start": start_in(hours=1), **fields}
    series: Json = await person.call("POST", "/series", body, expect=201)
    return series


async def series_of(person: Caller, series: Json) -> Json:
    answer: Json = await person.call("GET", f"/series/{series['id']}")
    return answer


async def task_there(person: Caller, task_id: str, within_seconds: float = WAIT_SECONDS) -> Json:
    """Waits until the task can be read; returns it."""

    async def read() -> Json | None:
        answer = await person.http.get(f"/tasks/{task_id}")
        return answer.json() if answer.status_code == 200 else None

    task = await eventually(read, within_seconds, "the occurrence", 0.01)
    assert task is not None
    return task


async def open_slots(person: Caller, series: Json) -> list[str]:
    """Returns the slots of the series' open tasks, in order."""
    tasks = await person.items("/tasks", status="open", per_page="200")
    return sorted(task["occurrence"]["slot"] for task in tasks if task["series_id"] == series["id"])


async def next_task(person: Caller, series: Json, after: str, within_seconds: float = WAIT_SECONDS) -> Json:
    """Waits for the task of the slot that follows the one of the task `after`; returns it."""

    async def awaited() -> str | None:
        now_next = (await series_of(person, series))["next"]
        return now_next["task_id"] if now_next and now_next["task_id"] != after else None

    task_id = await eventually(awaited, within_seconds, "another slot is awaited", 0.01)
    assert task_id is not None
    return await task_there(person, task_id, within_seconds)
