"""The plan of a year: people, their series of every kind, their single tasks, and their commands day by day."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from uuid import UUID, uuid5

from tests.year.kinds import may_take, spec_of
from tests.year.life import Life
from tests.year.people import END, HOMES, READERS, START, TRAVELLERS, ZONES, Step, YearPerson
from tests.year.tasks import Task, follows_the_person

PEOPLE_SHARE = 5  # series per person
TASKS_EACH = 5
# The turns that a series may take, each in this order.
TURNS = (
    (), ("pause", "resume"), ("another rule",), ("pause", "resume", "look ahead"), ("remind",), ("split",),
    ("another time", "pause", "resume"), ("stop",), ("look ahead", "split"), ("remind", "another rule"),
    ("pause", "resume", "another time"), ("delete",), ("pause", "remind", "resume", "split"),
    ("an end", "pause", "resume"), ("another time", "undo", "another time"), ("another rule", "undo"),
    ("pause", "undo", "another rule"), ("pause", "resume", "undo", "undo"), ("remind", "undo", "another time"),
    ("stop", "undo"), ("pause", "another time", "resume"), ("pause", "another rule", "resume", "undo"),
    ("another time", "split"), ("stop", "undo", "another time"),
    ("another zone",), ("another zone", "undo", "another time"), ("pause", "another zone", "resume"),
    ("all day", "at a time"), ("all day", "undo", "all day"), ("pause", "all day", "resume", "at a time"),
    ("at a time",), ("at a time", "another zone", "all day"), ("at a time", "undo", "at a time"),
    ("split by another rule",), ("another rule", "split by another rule"), ("all day", "split"),
)  # fmt: skip
FLIGHTS = 2  # of each traveller
CHANGES = 4  # of the time of each reader's digest
DIGESTS = ("07:30", "02:30", "23:45", "00:00", None)


@dataclass
class Plan:
    """`steps` are in the order of time; `lives` and `tasks` know the expected outcome."""

    people: list[YearPerson]
    lives: list[Life] = field(default_factory=list)
    tasks: dict[str, tuple[YearPerson, Task]] = field(default_factory=dict)
    steps: list[Step] = field(default_factory=list)

    @property
    def every_task(self) -> Iterator[Task]:
        yield from (task for _, task in self.tasks.values())
        yield from (task for life in self.lives if life.series for task in life.series.tasks.values())


def plan(seed: str, many: int) -> Plan:
    """Returns the plan of a year with so many series; it is the same for the same seed."""
    made = Plan([YearPerson(seed, number) for number in range(max(len(HOMES), many // PEOPLE_SHARE))])
    for number in range(many):
        made.lives.append(_life(seed, number, made))
    _walk(seed, made)
    made.steps.sort(key=lambda step: step.at)
    return made


def _walk(seed: str, made: Plan) -> None:
    random = Random(f"{seed}/days")
    travels = {random.randint(60, 330): made.people[number] for number in TRAVELLERS for _ in range(FLIGHTS)}
    for life in made.lives:
        life.roams = life.person in travels.values()
    digests = _digests(seed, made, travels.keys())
    _single_tasks(seed, made)
    for number in range((END - START).days):
        at = START + timedelta(days=number, minutes=random.randint(1, 1_430) if number else 0)
        if number in travels:
            _travel(made, travels[number], random.choice(HOMES[3:]), at)
        if number in digests:
            _have_digests(made, *digests[number], at)
        away = {id(travels.get(number)), id(digests.get(number, (None,))[0])}
        for life in tuple(made.lives):
            if id(life.person) not in away:
                life.day(number, at)
            made.lives += life.successors
            life.successors = []
    for person in made.people:
        person.digests.advance(END)
    for task in made.tasks.values():
        task[1].advance(END)
    for life in made.lives:
        life.end(END)
    made.steps += [step for life in {id(life.steps): life for life in made.lives}.values() for step in life.steps]


def _travel(made: Plan, person: YearPerson, zone: str, at: datetime) -> None:
    if zone == person.zone:
        return
    person.zone = zone
    person.digests.change(at, at=person.digests.at, zone=zone)
    command_id = str(uuid5(UUID(person.id), f"travel/{at}"))
    made.steps.append(Step(at, person, "UserActor", person.id, "PatchUser", {"zone": zone}, command_id, person.id))
    for life in made.lives:
        if life.person is person:
            life.travel(at, zone)
    for owner, task in made.tasks.values():
        if owner is person and follows_the_person(task.due):
            task.move(at, zone=zone)


def _digests(seed: str, made: Plan, taken: Collection[int]) -> dict[int, tuple[YearPerson, str | None]]:
    """Returns by day whose digest comes at which time from then on."""
    random = Random(f"{seed}/digests")
    days = sorted(random.sample([day for day in range(20, 330) if day not in taken], len(READERS) * CHANGES))
    changes: dict[int, tuple[YearPerson, str | None]] = {}
    for place, day in enumerate(days):
        person = made.people[READERS[place % len(READERS)]]
        known = [at for who, at in changes.values() if who is person][-1:] or [None]
        changes[day] = (person, random.choice([at for at in DIGESTS if at != known[0]]))
    return changes


def _have_digests(made: Plan, person: YearPerson, digest_at: str | None, at: datetime) -> None:
    person.digests.change(at, at=digest_at, zone=person.zone)
    command_id, body = str(uuid5(UUID(person.id), f"digest/{at}")), {"defaults": {"digest_at": digest_at}}
    made.steps.append(Step(at, person, "UserActor", person.id, "PatchUser", body, command_id, person.id))
    for life in made.lives:
        if life.person is person:
            life.hear_at(at)
    for owner, task in made.tasks.values():
        if owner is person:
            task.hear_at(at, person.digests.morning)


def _single_tasks(seed: str, made: Plan) -> None:
    """Adds tasks without a series, created on the first day with the default reminders of their owners."""
    for number, person in enumerate(made.people):
        random = Random(f"{seed}/tasks/{number}")
        for _ in range(TASKS_EACH):
            day = START.date() + timedelta(days=random.randint(2, 360))
            clock, _weekday = ZONES[person.home]
            local = datetime.combine(day, clock).isoformat(timespec="minutes")
            zone = random.choice((person.home, None))
            due = random.choice(({"date": day.isoformat()}, {"local": local, "zone": zone}))
            task_id = str(uuid5(UUID(person.id), f"task/{random.random()}"))
            offset = person.defaults["reminder_offset_minutes"]
            body = {"id": task_id, "title": f"Once on {day}", "due": due}
            made.tasks[task_id] = (
                person,
                Task(task_id, START, due, person.home, [] if offset is None else [offset]),
            )
            made.steps.append(Step(START, person, "TaskActor", task_id, "CreateTask", body, task_id, task_id))


def _life(seed: str, number: int, made: Plan) -> Life:
    random = Random(f"{seed}/series/{number}")
    spec, person = spec_of(number, made.people, random)
    settled = made.people.index(person) not in TRAVELLERS
    turns = random.choice([turns for turns in TURNS if not turns or (settled and may_take(spec, turns))])
    days = sorted(random.sample(range(20, 340), len(turns)))
    for place, turn in enumerate(turns):
        if turn == "undo":  # an edit can be undone for 30 days
            latest = [days[place - 1] + 28, *(day - 1 for day in days[place + 1 : place + 2])]
            days[place] = random.randint(days[place - 1] + 1, min(latest))
    series_id = str(uuid5(UUID(person.id), f"series/{number}"))
    first_day = random.choice((0, 0, 0, 3, 17))
    return Life(person, series_id, spec, random=random, first_day=first_day, turns=dict(zip(days, turns, strict=True)))
