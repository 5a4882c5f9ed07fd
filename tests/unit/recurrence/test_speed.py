"""Limits on the CPU time of an answer, with room for a slow machine."""

from itertools import islice
from time import process_time

import pytest

from actors.recurrence.expansion import Recurrence, first, slot_at, slots_after
from actors.recurrence.sentence import sentence
from tests.unit.recurrence.series import at, refusal, series

pytestmark = pytest.mark.unit

RULES = (
    "FREQ=DAILY",
    "FREQ=DAILY;COUNT=10000",
    "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TU,WE,SA",
    "FREQ=MONTHLY",
    "FREQ=MONTHLY;BYDAY=5FR",
    "FREQ=MONTHLY;BYMONTHDAY=1,15,-1;COUNT=10000",
    "FREQ=YEARLY",
    "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29",
    "FREQ=YEARLY;INTERVAL=97;BYMONTH=2;BYMONTHDAY=29",
)
SLOT_SECONDS = 0.001
THOUSAND_SECONDS = 0.05


@pytest.mark.parametrize("rule", RULES)
def test_a_thousand_slots_ahead_block_nothing(rule: str) -> None:
    assert quickest(lambda: first(series(rule, "1999-01-31T02:30", month_end="skip"), 1000)) < THOUSAND_SECONDS


@pytest.mark.parametrize("rule", RULES)
def test_the_next_slot_and_its_instant_take_less_than_a_millisecond(rule: str) -> None:
    recurrence = series(rule, "1970-01-31T02:30", month_end="skip")

    def ask(asked: Recurrence = recurrence) -> None:
        for slot in islice(slots_after(asked, at("2500-06-01T00:00:00Z")), 1):
            slot_at(asked, slot)
        sentence(asked)

    assert quickest(ask) < SLOT_SECONDS


def test_a_rule_that_has_no_slot_is_refused_as_fast() -> None:
    seconds = quickest(lambda: refusal("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29;INTERVAL=2", "1971-01-01"))
    assert seconds < SLOT_SECONDS * 10, "it looks at every second year there is"


def quickest(act: object) -> float:
    """Returns the seconds of the best of five runs, so that other load on the machine does not count."""
    assert callable(act)
    took: list[float] = []
    for _ in range(5):
        begun = process_time()
        act()
        took.append(process_time() - begun)
    return min(took)
