"""The context of a turn: each of its log lines names who asked and why, and none of another turn's."""

import pytest

from actors import context
from actors.clock import instant_text
from actors.commands import tick_command
from tests.fakes.lines import Lines
from tests.fakes.sidecar import grpc_error
from tests.turns.conftest import Stage

pytestmark = pytest.mark.turns

SOON = {"at": "2026-11-22T13:00:00Z"}


async def test_a_line_of_a_turn_names_who_asked_and_why(stage: Stage, caplog: pytest.LogCaptureFixture) -> None:
    lines = Lines(caplog)
    stage.sidecar.reminder_errors = [grpc_error("no scheduler")]
    with context.acting_for("another", "another request"):
        await stage.create(reminders=[SOON])
        assert (context.user_id.get(), context.correlation_id.get()) == ("another", "another request")
    assert lines.take() == [("wake not registered", stage.person.id, "request-1")]


@pytest.mark.parametrize("known", [True, False])
async def test_a_line_of_a_tick_names_whose_actor_it_is(
    stage: Stage, replica: Stage, caplog: pytest.LogCaptureFixture, known: bool
) -> None:
    lines = Lines(caplog)
    task_id = await stage.create(reminders=[SOON])
    stage.clock.move(hours=2)
    stage.sidecar.save_errors = [grpc_error("ERROR: stale actor write (SQLSTATE 40001)")]
    await (stage if known else replica).call(task_id, "tick")
    tick = tick_command(task_id, instant_text(stage.clock.now())).correlation_id
    assert lines.take() == [("write refused", stage.person.id, tick)]
    assert (context.user_id.get(), context.correlation_id.get()) == ("", "")
