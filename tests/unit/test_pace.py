"""How often the loops of each role poll."""

import pytest

from host.pace import Pace, pace_of

pytestmark = pytest.mark.unit


def test_a_process_in_which_changes_are_signalled_polls_seldom() -> None:
    assert pace_of("all", "none") == pace_of("all", "kafka") == pace_of("actors", "none") == Pace()


def test_without_a_broker_projector_and_hub_show_a_change_in_well_under_half_a_second() -> None:
    assert pace_of("consumers", "none").projector + pace_of("web", "none").hub <= 0.2


def test_with_a_broker_the_relay_polls_often_and_the_hub_is_signalled() -> None:
    assert pace_of("consumers", "kafka").relay <= 0.1
    assert pace_of("web", "kafka").hub == Pace().hub
