"""Held deliveries are released in batches of users: a batch takes as many statements as one user, and a user whose
delivery fails holds up no other.
"""

import pytest

from host.consumers.catchup import Catchup
from host.notify import held
from host.notify.notifier import Notifier
from host.store.notify import deliveries
from host.store.read_model import activity_rows
from tests.fakes.person import FakePerson
from tests.store.explained import Explained
from tests.store.world import World

pytestmark = pytest.mark.store

QUIET = {"quiet_hours": {"start": "11:30", "end": "15:00"}}
_HOLD = """
INSERT INTO deliveries (reminder_id, firing, channel, user_id, task_id, status, due_at, version, title, body, fired_at)
SELECT user_id || '-' || n, 1, 'in_app', user_id, user_id || '-task-' || n, 'pending', $3, 1, 'task ' || n, '', $3
FROM unnest($1::text[]) AS x (user_id) CROSS JOIN generate_series(1, $2) AS n
"""


async def people(world: World, count: int) -> list[str]:
    """Returns the ids of so many users, in order."""
    made = sorted((FakePerson(zone="UTC") for _ in range(count)), key=lambda person: person.id)
    for person in made:
        await world.say(person.id, person.signs_up())
    return [person.id for person in made]


async def hold(world: World, users: list[str], count: int = 1) -> None:
    """Makes so many deliveries of each due."""
    await world.rows(_HOLD, users, count, world.clock.now())


async def notified(world: World) -> dict[str, list[str]]:
    """Returns the titles of the notifications by user."""
    rows = await world.rows("SELECT user_id, array_agg(title ORDER BY title) FROM notifications GROUP BY 1")
    return {row[0]: row[1] for row in rows}


async def test_each_user_of_a_batch_is_notified_as_if_alone(
    world: World, loops: dict[str, Catchup], notifier: Notifier
) -> None:
    resting = FakePerson(zone="UTC")
    await world.say(resting.id, resting.says("RegisterUser", {"email": "ada@example.org", "defaults": QUIET}))
    answered = FakePerson(zone="UTC")
    await world.say(answered.id, answered.signs_up())
    few, many = await people(world, 2)
    done = await world.create(answered)
    await world.say(done, answered.says("CompleteTask"))
    while await loops["projector"].step():
        pass
    await hold(world, [resting.id, answered.id, few], 2)
    await hold(world, [many], 21)
    await world.rows("UPDATE deliveries SET task_id = $1 WHERE reminder_id = $2", done, f"{answered.id}-1")
    await notifier.release()
    assert await notified(world) == {
        answered.id: ["task 2"],
        few: ["task 1", "task 2"],
        many: ["21 reminders at once"],
    }
    statuses = await world.rows("SELECT user_id, status, count(*) FROM deliveries GROUP BY 1, 2")
    assert {tuple(row) for row in statuses} == {
        (resting.id, "pending", 2),
        (answered.id, "cancelled", 1),
        (answered.id, "sent", 1),
        (few, "sent", 2),
        (many, "sent", 21),
    }
    until = await world.value("SELECT max(due_at) FROM deliveries WHERE status = 'pending'")
    assert until.isoformat() == "2026-11-22T15:00:00+00:00"
    async with world.database.raw() as connection:
        assert {await activity_rows.broken_at(connection, user) for user in (few, many, answered.id)} == {None}


async def test_a_user_whose_delivery_fails_holds_up_nobody_of_the_batch(world: World, notifier: Notifier) -> None:
    first, second, third = await people(world, 3)
    await hold(world, [first, second, third])
    await world.rows(f"ALTER TABLE notifications ADD CHECK (user_id <> '{second}')")
    with pytest.raises(ExceptionGroup) as failed:
        await notifier.release()
    assert len(failed.value.exceptions) == 1
    assert sorted(await notified(world)) == [first, third]
    statuses = await world.rows("SELECT user_id, status FROM deliveries ORDER BY 1")
    assert [row[1] for row in statuses] == ["sent", "pending", "sent"]


async def test_a_batch_takes_as_many_statements_as_one_user(world: World) -> None:
    asked: dict[int, int] = {}
    for count in (2, 1, 50):  # at the first one the connection learns its types
        for each in (1, 21):  # sent one by one, and gathered
            users = await people(world, count)
            await hold(world, users, each)
            async with world.database.raw() as connection, connection.transaction():
                statements: list[object] = []
                with connection.query_logger(statements.append):
                    await held.release(connection, users, world.clock.now())
            asked[count] = asked.get(count, 0) + len(statements)
    assert asked[1] == asked[50]
    assert await world.value("SELECT count(*) FROM notifications") == 2 * (2 + 1 + 50)


@pytest.mark.parametrize("others", ["never analyzed", "analyzed"])
async def test_a_batch_reads_the_deliveries_of_its_users(world: World, others: str) -> None:
    """However many deliveries other users have: the statistics may not know yet how many these are."""
    await hold(world, [f"user-{n}" for n in range(5_000)])
    users = [f"user-{n}" for n in range(10)]
    async with world.database.raw() as connection:
        if others == "analyzed":
            await connection.execute("ANALYZE deliveries")
        explained = Explained(connection)
        reads = []
        mine = await deliveries.hold(explained, "in_app", users, 100)
        assert [each[0].user_id for each in mine] == users
        reads.append(explained.read)
        await deliveries.cancel_moot(explained, "in_app", users, world.clock.now())
        reads.append(explained.read)
        await deliveries.mark_sent(explained, [each[0] for each in mine], world.clock.now())
        reads.append(explained.read)
    assert all(0 < read <= 100 for read in reads), reads


def test_batches_have_so_many_users_and_so_many_deliveries() -> None:
    def batches(due: list[tuple[str, int]]) -> list[list[str]]:
        return list(held.batches(due, users_at_most=3, deliveries_at_most=10))

    due = [("a", 1), ("b", 1), ("c", 1), ("d", 4), ("e", 7), ("f", 50), ("g", 1)]
    assert batches(due) == [["a", "b", "c"], ["d"], ["e"], ["f"], ["g"]]
    assert batches([]) == []
