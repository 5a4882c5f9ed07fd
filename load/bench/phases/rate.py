"""Events through the broker: how many a second pass from their outbox rows to the streams, and how late they are."""

import asyncio
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from host.operator import topics
from load.bench.bench import Bench, cpu_by_part, cpu_text
from load.bench.figures import VoidError, a_second, milliseconds, ratio, summary
from load.bench.load_process import run_client, subscriber
from load.bench.report import Limit, Line, Section
from load.bench.users import User, add_users
from load.bench.waiting import until

_TOPIC = "bench-bare"
_SETTLE_SECONDS = 1.0
_THROUGH_SECONDS = 60.0

RATE = Limit(limit=1_000, smoke_limit=50, at_most=False, unit="/s")
LAG_P99 = Limit(limit=1_000, smoke_limit=10_000, at_most=True, unit=" ms")

_THROUGH_SQL = """
SELECT (SELECT count(*) FROM outbox WHERE published_at IS NULL) AS unpublished,
       (SELECT coalesce(sum(position), 0)::bigint FROM user_streams WHERE user_id = ANY($1)) AS shown
"""
# The projector notes a row when the transaction that applies it begins.
_TIMES_SQL = """
SELECT o.actor_id, extract(epoch FROM o.created_at)::float8 AS written,
       extract(epoch FROM o.published_at)::float8 AS published, extract(epoch FROM i.at)::float8 AS projected
FROM outbox o JOIN inbox i ON i.consumer = 'projector' AND i.event_id = o.event_id
WHERE o.actor_id = ANY($1)
"""
_BODIES_SQL = "SELECT user_id, body::text FROM outbox ORDER BY position LIMIT $1"


@dataclass(frozen=True, slots=True)
class Passage:
    """The instants at which one event was written, published, projected and heard, in seconds since 1970."""

    written: float
    published: float
    projected: float
    heard: float


def lags(events: Sequence[Passage], place: str, since: str = "written") -> dict[str, float]:
    """Returns a summary of the milliseconds from one place of a `Passage` to another."""
    return summary([(getattr(event, place) - getattr(event, since)) * 1000 for event in events])


def rate(events: Sequence[Passage], place: str) -> float:
    """Returns the events a second, from the first row until the last event was at that place."""
    last: float = max(getattr(event, place) for event in events)
    return len(events) / (last - min(event.written for event in events))


def after(events: Sequence[Passage], seconds: float) -> list[Passage]:
    """Returns the events whose rows were written at least so many seconds after the first."""
    start = min(event.written for event in events) + seconds
    return [event for event in events if event.written >= start]


async def run(bench: Bench, section: Section) -> None:
    """Measures on a system with a broker."""
    plan = bench.plan
    users = await add_users(bench.system, plan.rate_users)
    await _until_through(bench, users, len(users))  # the sign-up of each is one event
    offered = int(plan.rate_offered * (plan.rate_warm_seconds + plan.rate_seconds))
    held = after(await _passed(bench, users, offered, plan.rate_offered, section), plan.rate_warm_seconds)
    bursts: list[list[Passage]] = []
    bare: list[dict[str, Any]] = []
    for _ in range(plan.rate_bursts):
        bursts.append(await _passed(bench, users, plan.rate_burst, 0, section))
        bare.append(await _bare(bench))
    section.lines += [*_held_lines(bench, held), *_lag_lines(held, bare[0]), *_burst_lines(bursts, bare)]
    section.notes.append(
        f"Outbox rows of new tasks of {len(users)} users, all of whom listen, as the trigger makes them: an event each, and"
        " each heard once. No document, no trigger and no turn is in it; `create` has those. Projected is noted when the"
        " projector's transaction begins, heard when the subscriber reads it."
    )
    section.notes.append(
        "Bare: confluent-kafka on the same broker, the same bodies, keys and number of partitions, acks of all; handed over"
        " to confirmed, handed over to received; as fast as can be, the whole lot written and then read."
    )


async def _passed(
    bench: Bench, users: Sequence[User], count: int, per_second: float, section: Section
) -> list[Passage]:
    """Seeds `count` events at that rate (0: at once) and returns their passages; raises VoidError when one is not heard."""
    order = {"database_url": bench.system.database_url, "users": [user.id for user in users], "count": count}
    async with subscriber(bench.url("/stream"), [user.token for user in users]) as streams:
        shown = (await _through(bench, users))["shown"]
        with cpu_by_part(bench.system) as used:
            seeded = await run_client("seeder", {**order, "rate": per_second, "seconds": 60, "warm_seconds": 0})
            await _until_through(bench, users, shown + count)
        await asyncio.sleep(_SETTLE_SECONDS)
        seen = await streams.close()
    missing = set(seeded["ids"]) - set(seen["arrivals"])
    if missing or seen["closed"]:
        raise VoidError(f"{len(missing)} of {count} events were not heard, {seen['closed']} streams were closed")
    name = f"{count} events at {per_second:g}/s" if per_second else f"A burst of {count} events"
    spent = f"writing them {1e6 * seeded['cpu_seconds'] / count:.0f} µs, hearing them {1e6 * seen['cpu_seconds'] / count:.0f} µs"
    late = f", at most {1000 * seeded['late_seconds']:.0f} ms late" if per_second else ""
    section.notes.append(f"{name}{late}: CPU an event {cpu_text(used, count)}; {spent}.")
    return await _passages(bench, seen["arrivals"], seeded["ids"])


async def _through(bench: Bench, users: Sequence[User]) -> dict[str, int]:
    async with bench.system.database() as database:
        return dict(await database.fetchrow(_THROUGH_SQL, [user.id for user in users]))


async def _until_through(bench: Bench, users: Sequence[User], shown: int) -> None:
    await until(
        lambda: _through(bench, users),
        lambda read: read == {"unpublished": 0, "shown": shown},
        within_seconds=_THROUGH_SECONDS,
        pause_seconds=0.2,
        what=f"{shown} events through the broker",
    )


async def _passages(bench: Bench, heard: dict[str, float], ids: Sequence[str]) -> list[Passage]:
    async with bench.system.database() as database:
        rows = await database.fetch(_TIMES_SQL, ids)
    if len(rows) != len(ids):
        raise VoidError(f"{len(rows)} events for {len(ids)} tasks")
    return [Passage(row["written"], row["published"], row["projected"], heard[row["actor_id"]]) for row in rows]


async def _bare(bench: Bench) -> dict[str, Any]:
    """Runs the bare producer and consumer with the same messages; returns their figures."""
    plan, access = bench.plan, bench.system.kafka
    await asyncio.to_thread(topics.ensure, access, [topics.Topic(_TOPIC, topics.PARTITIONS)])
    async with bench.system.database() as database:
        rows = await database.fetch(_BODIES_SQL, plan.rate_burst)
    with tempfile.NamedTemporaryFile("w", prefix="duely-messages-") as messages:
        messages.writelines(f"{user}\t{body}\n" for user, body in rows)
        messages.flush()
        order = {"settings": topics.client_settings(access), "topic": _TOPIC, "messages": messages.name}
        paced = {"rate": plan.rate_offered, "seconds": plan.rate_bare_seconds, "warm_seconds": 0}
        return await run_client("bare_kafka", {**order, **paced, "count": plan.rate_bare})


def _held_lines(bench: Bench, held: Sequence[Passage]) -> list[Line]:
    held_rate, lag = rate(held, "heard"), lags(held, "heard")
    offered = f"{bench.plan.rate_offered}/s offered for {bench.plan.rate_seconds:g} s"
    return [
        bench.judged(Line(f"row to stream, {offered}: held", f"{held_rate:.0f}/s"), held_rate, RATE),
        bench.judged(Line(f"row to stream, {offered}: lag", milliseconds(lag)), lag["p99"], LAG_P99),
    ]


def _lag_lines(held: Sequence[Passage], bare: dict[str, Any]) -> list[Line]:
    """Returns the lag on each part of the way, against the bare clients at the same rate."""
    relay, projector = lags(held, "published"), lags(held, "projected")
    confirmed, received = bare["confirmed_ms"], bare["received_ms"]
    return [
        Line("row to broker (relay)", milliseconds(relay), milliseconds(confirmed), _more(relay, confirmed)),
        Line("broker to read model (projector)", milliseconds(lags(held, "projected", since="published"))),
        Line("row to read model", milliseconds(projector), milliseconds(received), _more(projector, received)),
    ]


def _burst_lines(bursts: Sequence[Sequence[Passage]], bare: Sequence[dict[str, Any]]) -> list[Line]:
    """Returns the greatest rates, as shares of those of the bare clients."""
    relay, projector = ([rate(burst, place) for burst in bursts] for place in ("published", "projected"))
    produced, consumed = ([each[name] for each in bare] for name in ("produced", "consumed"))
    what = f"a burst of {len(bursts[0])}"
    return [
        Line(f"{what}: row to stream", a_second([rate(burst, "heard") for burst in bursts])),
        Line(f"{what}: relay", a_second(relay), a_second(produced), f"{ratio(relay, produced)}"),
        Line(f"{what}: projector", a_second(projector), a_second(consumed), f"{ratio(projector, consumed)}"),
    ]


def _more(ours: dict[str, float], theirs: dict[str, float]) -> str:
    return f"{ours['p50'] - theirs['p50']:+.0f} ms (p50), {ours['p99'] - theirs['p99']:+.0f} ms (p99)"
