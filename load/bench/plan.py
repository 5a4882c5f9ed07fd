"""Durations and sizes: of the full run, and of the smoke, which only proves that the bench itself works."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Plan:
    """Sizes, repetitions, and the seconds of each run, before which `warm_seconds` go by uncounted."""

    smoke: bool
    pairs: int
    workers: int
    warm_seconds: float
    create_seconds: float
    plain_seconds: float
    floor_seconds: float
    sweep_workers: tuple[int, ...]
    sweep_seconds: float
    search_tasks: int
    search_asks: int
    armed: int
    arm_seconds: float
    due: int
    due_users: int
    stream_users: tuple[int, ...]
    stream_seconds: float
    idle_seconds: float
    idle_streams: tuple[int, ...]
    seconds_before_due: int
    scale_users: int
    scale_reminders: int
    scale_series: int
    scale_slots: int
    scale_completions: int
    scale_due_rounds: int
    scale_released: int
    rate_users: int
    rate_offered: int
    rate_warm_seconds: float
    rate_seconds: float
    rate_bursts: int
    rate_burst: int
    rate_bare: int
    rate_bare_seconds: float


FULL = Plan(
    smoke=False,
    pairs=5,
    workers=16,
    warm_seconds=1.0,
    create_seconds=20.0,
    plain_seconds=8.0,
    floor_seconds=3.0,
    sweep_workers=(1, 4, 8, 16, 32, 64),
    sweep_seconds=3.0,
    search_tasks=10_000,
    search_asks=60,
    armed=2_000,
    arm_seconds=2.5,
    due=1_000,
    due_users=50,  # so many reminders of one user would be gathered into one notification
    stream_users=(1, 100, 1_000),
    stream_seconds=8.0,
    idle_seconds=5.0,
    idle_streams=(1_000, 5_000),
    seconds_before_due=12,
    scale_users=200,
    scale_reminders=100_000,
    scale_series=10_000,
    scale_slots=200,
    scale_completions=200,
    scale_due_rounds=5,  # one round alone says little: its p99 may be three times the next one's
    scale_released=10_000,
    rate_users=200,
    rate_offered=1_100,  # more than is required, so that the requirement can be met
    rate_warm_seconds=2.0,
    rate_seconds=20.0,
    rate_bursts=3,
    rate_burst=5_000,
    rate_bare=30_000,
    rate_bare_seconds=5.0,
)

SMOKE = Plan(
    smoke=True,
    pairs=1,
    workers=16,
    warm_seconds=0.3,
    create_seconds=2.0,
    plain_seconds=1.0,
    floor_seconds=0.5,
    sweep_workers=(),
    sweep_seconds=0.0,
    search_tasks=300,
    search_asks=10,
    armed=100,
    arm_seconds=0.5,
    due=50,
    due_users=5,
    stream_users=(1, 20),
    stream_seconds=1.5,
    idle_seconds=1.0,
    idle_streams=(100,),
    seconds_before_due=8,  # the sweeper arms seeded wakes after 3 to 4 s
    scale_users=5,
    scale_reminders=300,
    scale_series=20,
    scale_slots=10,
    scale_completions=10,
    scale_due_rounds=1,
    scale_released=300,
    rate_users=20,
    rate_offered=300,
    rate_warm_seconds=0.5,
    rate_seconds=2.0,
    rate_bursts=1,
    rate_burst=500,
    rate_bare=2_000,
    rate_bare_seconds=1.0,
)
