"""Held deliveries: in quiet hours, late, or in a storm; sent once, gathered when they are many, cancelled when moot."""

from typing import Any

import orjson
import pytest

from actors.clock import parse_instant
from host.consumers.catchup import Catchup
from host.consumers.wiring import wired
from host.notify.notifier import Notifier
from host.notify.rules import MOST_A_MINUTE
from host.store.notify import deliveries
from tests.fakes.person import FakeClock, FakePerson
from tests.store.world import World

pytestmark = pytest.mark.store

# The clock stands at 12:00 UTC; the siesta of the one who has one lasts until 15:00.
SIESTA = {"quiet_hours": {"start": "11:30", "end": "15:00"}}
SOON = [{"at": "2026-11-22T12:01:00Z"}]


class Post:
    """A person who writes tasks and gets notifications, and the clock."""

    def __init__(self, world: World, person: FakePerson, loops: dict[str, Catchup], notifier: Notifier) -> None:
        self.world, self.person, self.loops, self.notifier = world, person, loops, notifier

    async def register(self, **body: Any) -> None:
        await self.say(self.person.id, "RegisterUser", {"email": "ada@example.org", **body})

    async def say(self, actor_id: str, name: str, body: dict[str, Any] | None = None) -> None:
        await self.world.say(actor_id, self.person.says(name, body or {}))
        await self.everything()

    async def make(self, count: int, **body: Any) -> list[str]:
        tasks = [await self.world.create(self.person, title=f"task {n}", **body) for n in range(count)]
        await self.everything()
        return tasks

    async def at(self, time: str) -> None:
        """Moves the clock, ticks what is due then, and releases deliveries."""
        self.world.clock.at = parse_instant(f"2026-11-22T{time}Z")
        for row in await self.world.rows(
            "SELECT actor_type, actor_id FROM wakes WHERE wake_at <= $1", self.world.clock.now()
        ):
            await self.world.tick(*row)
        await self.everything()
        await self.notifier.release()

    async def everything(self) -> None:
        for name in ("projector", "notifier", "digest"):
            while await self.loops[name].step():
                pass

    async def notified(self) -> list[tuple[str, str]]:
        """Returns kind and title of each notification, in order."""
        rows = await self.world.rows("SELECT kind, title FROM notifications ORDER BY created_at, title")
        return [(row[0], row[1]) for row in rows]

    async def statuses(self) -> dict[str, int]:
        return {row[0]: row[1] for row in await self.world.rows("SELECT status, count(*) FROM deliveries GROUP BY 1")}


@pytest.fixture
async def post(world: World, person: FakePerson, loops: dict[str, Catchup], notifier: Notifier) -> Post:
    return Post(world, person, loops, notifier)


async def test_quiet_hours_hold_reminders_and_release_them_at_their_end(post: Post) -> None:
    await post.register(defaults=SIESTA)
    await post.make(2, reminders=SOON)
    await post.at("12:01:00")
    await post.at("14:59:59")
    assert await post.notified() == []
    assert await post.statuses() == {"pending": 2}
    fresh = wired(post.world.database, post.world.clock, post.world).notifier  # a process that came later
    post.world.clock.at = parse_instant("2026-11-22T15:00:00Z")
    await fresh.release()
    assert await post.notified() == [("reminder", "task 0"), ("reminder", "task 1")]
    await post.at("15:00:05")
    assert await post.statuses() == {"sent": 2}


async def test_quiet_hours_of_others_hold_nothing(post: Post) -> None:
    await post.register(zone="Asia/Tokyo", defaults=SIESTA)
    await post.make(1, reminders=SOON)
    await post.at("12:01:00")
    assert await post.notified() == [("reminder", "task 0")]


async def test_more_than_twenty_come_out_of_quiet_hours_as_one(post: Post) -> None:
    await post.register(defaults=SIESTA)
    await post.make(21, reminders=SOON)
    await post.at("12:01:00")
    await post.at("15:00:00")
    assert await post.notified() == [("digest", "21 reminders from your quiet hours")]


async def test_what_ends_earlier_by_a_new_choice_is_released_then(post: Post) -> None:
    await post.register(defaults=SIESTA)
    await post.make(1, reminders=SOON)
    await post.at("12:01:00")
    await post.say(post.person.id, "PatchUser", {"defaults": {"quiet_hours": None}})
    await post.at("12:01:04")
    assert await post.notified() == [("reminder", "task 0")]


async def test_what_ends_later_by_a_new_choice_waits_for_that(post: Post) -> None:
    await post.register(defaults=SIESTA)
    await post.make(1, reminders=SOON)
    await post.at("12:01:00")
    await post.say(post.person.id, "PatchUser", {"defaults": {"quiet_hours": {"start": "11:30", "end": "16:00"}}})
    await post.at("15:00:00")
    assert await post.notified() == []
    await post.at("16:00:00")
    assert await post.notified() == [("reminder", "task 0")]


LATER = {"due": {"local": "2026-11-22T20:00", "zone": "UTC"}}


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("AcknowledgeReminder", {}),
        ("SnoozeReminder", {"minutes": 600}),
        ("CompleteTask", {}),
        ("DeleteTask", {}),
        ("MoveDue", LATER),
        ("MoveDue", {"due": None}),
        ("PatchTask", {"reminders": []}),
    ],
)
@pytest.mark.parametrize("quiet", [True, False], ids=["in quiet hours", "late"])
async def test_what_is_answered_or_moot_while_it_is_held_is_never_told(
    post: Post, name: str, body: dict[str, Any], *, quiet: bool
) -> None:
    await post.register(defaults=SIESTA if quiet else {})
    due = {"local": "2026-11-22T12:31", "zone": "UTC"}
    (task_id, other) = await post.make(2, due=due, reminders=[{"offset_minutes": 30}])
    await post.at("12:01:00" if quiet else "12:01:30")
    await post.say(task_id, name, body)
    await post.at("12:30:59")
    await post.at("15:00:00")
    notified = await post.world.rows("SELECT kind, task_id FROM notifications WHERE kind = 'reminder'")
    assert [tuple(row) for row in notified] == [("reminder", other)]
    status = "SELECT status FROM deliveries WHERE task_id = $1 AND kind = 'reminder' ORDER BY firing"
    assert await post.world.value(status, task_id) == "cancelled"
    steps = "SELECT step FROM reminder_ledger WHERE task_id = $1 AND firing = 1 AND channel IS NOT NULL"
    assert [row[0] for row in await post.world.rows(steps, task_id)] == ["cancelled"]
    assert await post.world.value("SELECT count(*) FROM notifications WHERE task_id = $1", task_id) <= 1


async def test_a_storm_is_gathered_and_no_minute_has_more_than_its_share(post: Post) -> None:
    await post.register()
    await post.make(100, reminders=SOON)
    await post.at("12:01:00")
    assert {kind for kind, _ in await post.notified()} == {"reminder"}
    assert len(await post.notified()) == MOST_A_MINUTE - 1
    await post.at("12:01:02")
    assert len(await post.notified()) == MOST_A_MINUTE - 1
    await post.at("12:01:03")
    assert (await post.notified())[-1] == ("digest", "71 reminders at once")
    assert await post.statuses() == {"sent": 100}
    await post.make(1, reminders=[{"at": "2026-11-22T12:01:30Z"}])
    await post.at("12:01:30")
    await post.at("12:01:59.999")
    assert len(await post.notified()) == MOST_A_MINUTE
    await post.at("12:02:00")
    assert len(await post.notified()) == MOST_A_MINUTE + 1


async def test_what_was_told_before_the_clock_was_put_back_takes_no_room_after(post: Post) -> None:
    await post.register()
    await post.make(MOST_A_MINUTE, reminders=SOON)
    await post.at("12:01:00")
    await post.at("12:01:03")
    notified = len(await post.notified())
    post.world.clock.at = parse_instant("2026-11-22T11:20:00Z")
    await post.make(1, reminders=[{"at": "2026-11-22T11:25:00Z"}])
    await post.at("11:25:00")
    assert len(await post.notified()) == notified + 1


async def test_what_is_held_when_the_clock_is_put_back_is_told_soon_and_not_when_it_comes_round_again(
    post: Post,
) -> None:
    await post.register()
    await post.make(2, reminders=SOON)
    await post.at("12:02:00")
    assert await post.statuses() == {"pending": 2}
    await post.at("11:02:01")
    assert await post.statuses() == {"pending": 2}
    await post.at("11:02:04")
    assert await post.statuses() == {"sent": 2}


async def test_a_digest_says_how_many_more_there_are_and_stays_small(
    post: Post,
) -> None:
    post.notifier = Notifier(post.world.database, post.world.clock, signal=lambda _: None, deliveries_at_once=64)
    await post.register()
    await post.make(130, reminders=SOON)
    await post.at("12:05:00")
    await post.at("12:05:03")
    (notified,) = await post.world.rows("SELECT title, body, late_seconds FROM notifications")
    assert notified["title"] == "130 reminders while Duely was away"
    assert notified["body"].splitlines()[-1] == "and 80 more"
    assert (len(notified["body"].splitlines()), notified["late_seconds"]) == (51, 240.0)
    event = await post.world.value("SELECT body FROM activity WHERE type = 'reminder.delivered'")
    assert (event.count('"firing"'), '"total":130' in event) == (50, True)
    assert await post.world.value("SELECT count(*) FROM reminder_ledger WHERE step = 'delivered'") == 130


async def test_a_reminder_at_the_due_instant_is_one_notification(post: Post) -> None:
    await post.register()
    await post.make(1, due={"local": "2026-11-22T12:01", "zone": "UTC"}, reminders=[{"offset_minutes": 0}])
    await post.at("12:01:00")
    assert await post.notified() == [("reminder", "task 0")]
    assert await post.world.value("SELECT body FROM notifications") == "Due 2026-11-22 12:01 (UTC)"


async def test_late_reminders_of_an_overdue_task_say_so_and_the_notice_is_not_repeated(post: Post) -> None:
    await post.register()
    await post.make(1, due={"local": "2026-11-22T12:31", "zone": "UTC"}, reminders=[{"offset_minutes": 30}])
    await post.at("12:40:00")
    await post.at("12:40:03")
    assert await post.notified() == [("reminder", "task 0")]
    assert await post.world.value("SELECT body FROM notifications") == "Overdue since 2026-11-22 12:31 (UTC)"


async def test_overdue_notices_are_held_and_gathered_as_reminders_are(post: Post) -> None:
    await post.register(defaults=SIESTA)
    tasks = await post.make(22, due={"local": "2026-11-22T12:05", "zone": "UTC"}, reminders=[])
    await post.at("12:05:00")
    assert await post.notified() == []
    await post.say(tasks[0], "CompleteTask")
    await post.at("15:00:00")
    assert await post.notified() == [("digest", "21 reminders from your quiet hours")]
    assert await post.statuses() == {"sent": 21, "cancelled": 1}
    assert await post.world.value("SELECT count(*) FROM reminder_ledger") == 0


async def test_an_overdue_notice_after_downtime_says_how_late_and_one_of_a_new_task_does_not(post: Post) -> None:
    await post.register()
    await post.make(1, due={"local": "2026-11-22T12:05", "zone": "UTC"}, reminders=[])
    await post.at("12:15:00")
    await post.at("12:15:03")
    await post.make(1, due={"local": "2026-11-22T12:00", "zone": "UTC"}, reminders=[])
    await post.at("12:15:04")
    notified = await post.world.rows("SELECT kind, late_seconds FROM notifications ORDER BY created_at")
    assert [tuple(row) for row in notified] == [("overdue", 600.0), ("overdue", None)]


async def test_the_stream_hears_of_an_overdue_notice_when_it_is_told(post: Post) -> None:
    await post.register(defaults=SIESTA)
    await post.make(1, due={"local": "2026-11-22T12:05", "zone": "UTC"}, reminders=[])
    await post.at("12:05:00")
    count = "SELECT count(*) FROM activity WHERE type = 'notice.delivered'"
    assert await post.world.value(count) == 0
    await post.at("15:00:00")
    assert await post.world.value(count) == 1


async def test_the_digest_of_the_day_lists_what_is_due_today_and_what_is_overdue(post: Post) -> None:
    await post.register(zone="Europe/Berlin", defaults={"digest_at": "14:00"})
    post.person.zone = "Europe/Berlin"
    await post.make(1, due={"date": "2026-11-22"}, reminders=[])
    await post.make(1, due={"date": "2026-11-23"}, reminders=[])
    for title, due in [
        ("late", {"date": "2026-11-20"}),
        ("tonight", {"local": "2026-11-22T20:00", "zone": "Europe/Berlin"}),
        ("in New York", {"local": "2026-11-22T17:59", "zone": "America/New_York"}),
        ("tomorrow here", {"local": "2026-11-22T18:00", "zone": "America/New_York"}),
        ("done", {"date": "2026-11-22"}),
    ]:
        task_id = await post.world.create(post.person, title=title, due=due, reminders=[])
    await post.say(task_id, "CompleteTask")
    await post.at("12:59:59")
    assert await post.world.value("SELECT count(*) FROM notifications WHERE kind = 'digest'") == 0
    await post.at("13:00:00")
    await post.at("13:00:01")
    (notified,) = await post.world.rows("SELECT title, body, task_id FROM notifications WHERE kind = 'digest'")
    assert notified["title"] == "3 due today, 1 overdue"
    assert notified["body"].splitlines() == [
        *("- task 0", "- 20:00 tonight", "- 23:59 in New York"),
        *("Overdue:", "- late (since 2026-11-20)"),
    ]
    event = await post.world.value("SELECT body FROM activity WHERE type = 'notice.delivered' AND task_id IS NULL")
    assert '"day":"2026-11-22"' in event


async def test_a_day_without_anything_due_has_no_digest(post: Post) -> None:
    await post.register(defaults={"digest_at": "13:00"})
    await post.make(1)
    await post.at("13:00:00")
    assert await post.notified() == []
    assert await post.world.value("SELECT count(*) FROM activity WHERE type = 'digest.due'") == 1


async def test_a_long_day_is_cut_and_counted(post: Post) -> None:
    await post.register(defaults={"digest_at": "13:00"})
    await post.make(40, due={"date": "2026-11-22"}, reminders=[])
    await post.at("13:00:00")
    body = await post.world.value("SELECT body FROM notifications")
    assert (len(body.splitlines()), body.splitlines()[-1]) == (26, "and 15 more")


async def test_a_digest_that_is_late_comes_once_and_says_so(post: Post) -> None:
    await post.register(defaults={"digest_at": "13:00"})
    await post.make(1, due={"date": "2026-11-25"}, reminders=[])
    post.world.clock.at = parse_instant("2026-11-25T14:00:00Z")
    for _ in range(2):
        await post.world.tick("UserActor", post.person.id)
        await post.everything()
    (notified,) = await post.world.rows("SELECT title, late_seconds FROM notifications")
    assert tuple(notified) == ("1 due today", 3600.0)


async def test_what_is_pending_can_be_looked_at_again_at_once(post: Post, clock: FakeClock) -> None:
    await post.register(defaults=SIESTA)
    await post.make(1, reminders=SOON)
    await post.at("12:01:00")
    async with post.world.database.raw() as connection:
        await deliveries.look_again(connection, clock.now())
        assert await deliveries.next_due(connection, "in_app") == clock.now()
    await post.at("12:01:01")
    assert await post.notified() == []


async def test_an_answer_counts_before_the_read_model_knows_of_it(post: Post) -> None:
    await post.register()
    await post.make(2, reminders=SOON)
    post.world.clock.at = parse_instant("2026-11-22T12:02:00Z")
    (task_id, _) = [row[0] for row in await post.world.rows("SELECT actor_id FROM wakes ORDER BY actor_id")]
    for row in await post.world.rows("SELECT actor_id FROM wakes"):
        await post.world.tick("TaskActor", row[0])
    await post.world.say(task_id, post.person.says("AcknowledgeReminder"))
    await post.loops["notifier"].step()
    post.world.clock.move(seconds=3)
    await post.notifier.release()
    assert await post.world.value("SELECT count(*) FROM notifications") == 1
    assert await post.statuses() == {"sent": 1, "cancelled": 1}


SOON_DUE = {"local": "2026-11-22T12:31", "zone": "UTC"}  # half an hour before it is 12:01


async def test_a_snooze_that_is_held_outlives_a_due_that_was_taken_away_before(post: Post) -> None:
    await post.register(defaults=SIESTA)
    (task_id,) = await post.make(1, due=SOON_DUE, reminders=[{"offset_minutes": 30}])
    await post.at("12:01:00")
    await post.say(task_id, "SnoozeReminder", {"minutes": 10})
    await post.say(task_id, "MoveDue", {"due": None})
    await post.at("12:11:00")
    await post.at("15:00:00")
    assert await post.notified() == [("reminder", "task 0")]
    told = "SELECT firing, status FROM deliveries ORDER BY firing"
    assert [tuple(row) for row in await post.world.rows(told)] == [(1, "cancelled"), (2, "sent")]


@pytest.mark.parametrize("quiet", [True, False], ids=["in quiet hours", "on time"])
async def test_reminders_for_one_instant_are_told_once_and_the_ledger_has_each(post: Post, *, quiet: bool) -> None:
    await post.register(defaults=SIESTA if quiet else {})
    same = [{"offset_minutes": 30}, {"offset": "-PT30M"}, {"at": "2026-11-22T12:01:00Z"}]
    (task_id,) = await post.make(1, due=SOON_DUE, reminders=same)
    await post.at("12:01:00")
    if quiet:  # the one at an instant tells, so it comes without the due, too
        await post.say(task_id, "MoveDue", {"due": None})
    await post.at("15:00:00")
    told = await post.world.rows("SELECT kind, reminder_id FROM notifications WHERE kind = 'reminder'")
    assert len(told) == 1
    steps = "SELECT reminder_id, step, detail FROM reminder_ledger WHERE step IN ('delivered', 'cancelled')"
    ledger = await post.world.rows(steps)
    assert sorted(row[1] for row in ledger) == ["cancelled", "cancelled", "delivered"]
    teller = {"told_with": {"reminder_id": told[0][1], "firing": 1}}
    assert [orjson.loads(row[2]) for row in ledger if row[1] == "cancelled"] == [teller, teller]
    fired = "SELECT count(*) FROM reminder_ledger WHERE step = 'fired'"
    assert await post.world.value(fired) == 3


async def test_what_is_asked_for_inside_its_window_comes_at_once_and_says_so(post: Post) -> None:
    await post.register()
    await post.make(1, due={"local": "2026-11-22T12:20", "zone": "UTC"}, reminders=[{"offset_minutes": 30}])
    await post.at("12:00:00")
    (notified,) = await post.world.rows("SELECT title, body, late_seconds FROM notifications")
    assert tuple(notified) == (
        "task 0",
        "Due 2026-11-22 12:20 (UTC)\nThe time of this reminder had passed when you asked for it.",
        None,
    )
    detail = "SELECT detail FROM reminder_ledger WHERE step = 'fired'"
    assert '"asked_at":"2026-11-22T12:00:00.000Z"' in (await post.world.value(detail)).replace(" ", "")


@pytest.mark.parametrize("count", [2, 21])
async def test_what_one_change_of_many_asks_for_comes_as_one(post: Post, count: int) -> None:
    await post.register()
    tasks = await post.make(count, due=LATER["due"], reminders=[{"offset_minutes": 30}])
    post.person.change_set = "00000000-0000-4000-8000-00000000000a"
    for task_id in tasks:
        await post.say(task_id, "MoveDue", {"due": {"local": "2026-11-22T12:20", "zone": "UTC"}})
    post.person.change_set = None
    await post.make(1, due={"local": "2026-11-22T12:20", "zone": "UTC"}, reminders=[{"offset_minutes": 20}])
    await post.at("12:00:00")
    assert await post.notified() == [("reminder", "task 0")]
    await post.at("12:00:03")
    assert await post.notified() == [
        ("reminder", "task 0"),
        ("digest", f"{count} reminders for what you have just changed"),
    ]
    assert await post.statuses() == {"sent": count + 1}


async def test_a_firing_is_answered_by_its_number(post: Post) -> None:
    """The snooze has the higher number and fires first; the answer to it says nothing about the other one."""
    await post.register(defaults=SIESTA)
    (task_id,) = await post.make(1, due=SOON_DUE, reminders=[{"offset_minutes": 0}])
    await post.say(task_id, "SnoozeReminder", {"minutes": 10})
    await post.at("12:10:00")
    await post.say(task_id, "AcknowledgeReminder", {})
    await post.at("12:31:00")
    await post.at("15:00:00")
    told = "SELECT firing, status FROM deliveries WHERE kind = 'reminder' ORDER BY firing"
    assert [tuple(row) for row in await post.world.rows(told)] == [(1, "sent"), (2, "cancelled")]


async def test_rows_of_an_early_release_are_released_and_cancelled_as_before(post: Post) -> None:
    await post.register(defaults=SIESTA)
    done, _, left = await post.make(3, **LATER, reminders=[{"offset_minutes": 479}])
    await post.at("12:01:00")
    await post.world.rows("UPDATE reminders SET firings = NULL")
    await post.world.rows("UPDATE reminders SET acknowledged_at = now() WHERE task_id = $1", done)
    await post.world.rows("UPDATE reminders SET firing = 2 WHERE task_id = $1", left)
    await post.at("15:00:00")
    assert await post.notified() == [("reminder", "task 1")]
