"""The same request more than once, and two people who edit one task."""

import asyncio
import uuid

import pytest

from tests.support.client import Caller
from tests.support.system import System

pytestmark = pytest.mark.live


async def test_the_same_key_twice_at_once_makes_one_task_and_one_answer(person: Caller) -> None:
    key = str(uuid.uuid4())
    answers = await asyncio.gather(*(person.create("Once", key=key) for _ in range(8)))
    assert all(answer == answers[0] for answer in answers)
    assert [item["id"] for item in await person.items("/tasks")] == [answers[0]["id"]]


async def test_a_key_is_remembered_after_40_other_changes(person: Caller) -> None:
    key = str(uuid.uuid4())
    task = await person.create("Often changed")
    first = await person.patch(task["id"], key=key, priority="high")
    for number in range(40):
        await person.patch(task["id"], title=f"Change {number}", priority="low")
    again = await person.patch(task["id"], key=key, priority="high")
    assert again == first
    now = await person.task(task["id"])
    assert (now["priority"], now["version"]) == ("low", 42)
    other = await person.send("PATCH", f"/tasks/{task['id']}", {"priority": "urgent"}, key=key)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_mismatch")


async def test_edits_of_different_fields_merge_and_of_the_same_field_conflict(system: System, person: Caller) -> None:
    task = await person.create("Plan the trip")
    async with Caller(system.url, await person.new_token()) as script:
        version = task["version"]
        await script.patch(task["id"], if_match=version, description="by train")
        merged = await person.patch(task["id"], if_match=version, priority="high")
        assert (merged["description"], merged["priority"]) == ("by train", "high")

        refused = await person.call(
            "PATCH", f"/tasks/{task['id']}", {"description": "by car"}, if_match=version, expect=409
        )
        assert refused["code"] == "edit_conflict"
        assert refused["conflicts"] == [{"field": "description", "yours": "by car", "theirs": "by train"}]
        assert (await person.task(task["id"]))["description"] == "by train"


async def test_edits_of_one_task_at_once_are_all_kept_one_after_another(person: Caller) -> None:
    task = await person.create("Hot")
    answers = await asyncio.gather(*(person.patch(task["id"], description=f"edit {n}") for n in range(25)))
    assert sorted(answer["version"] for answer in answers) == list(range(2, 27))
