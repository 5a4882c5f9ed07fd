"""The figures of a year: the numbers of series, occurrences, commands and events, and how long it took."""

from collections import Counter

from tests.year.drive import Lived
from tests.year.plan import Plan


async def figures(lived: Lived, plan: Plan) -> dict[str, float]:
    """Returns the expected counts, the counts of commands and events, and the seconds that the year took."""
    series = [life.series for life in plan.lives if life.series is not None]
    tasks = [task for one in series for task in one.tasks.values()]
    every = list(plan.every_task)
    said = Counter(step.name for step in plan.steps)
    counts = await lived.rows("SELECT count(*), (SELECT count(*) FROM activity) FROM outbox")
    return {
        "people": len(plan.people),
        "series": len(series),
        "occurrences": sum(task.state != "withdrawn" for task in tasks),
        "occurrences withdrawn": sum(task.state == "withdrawn" for task in tasks),
        "reminders": sum(len(task.fired) for task in every),
        "overdue": sum(len(task.overdue_at) for task in every),
        "digests": sum(len(person.digests.told) for person in plan.people),
        **{name: said[name] for name in sorted(said)},
        "stops of the clock": lived.world.stops,
        "events": counts[0][0],
        "activity": counts[0][1],
        "seconds": round(lived.seconds, 1),
    }
