"""FakePerson, whose commands a test sends, and FakeClock, which a test moves."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4, uuid5

from actors.clock import instant_text
from actors.commands import Cause, Command, Principal, build_command, task_id_for, tick_command

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


class FakeClock:
    def __init__(self, at: datetime = NOON) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at

    def move(self, **by: float) -> None:
        self.at += timedelta(**by)


class FakePerson:
    def __init__(self, zone: str = "Europe/Berlin", offset: int | None = 30) -> None:
        self.id = str(uuid4())
        self.zone = zone
        self.defaults: dict[str, Any] = {"reminder_offset_minutes": offset}
        self.given = 0
        self.change_set: str | None = None  # that their commands belong to from now on

    def says(
        self,
        name: str,
        body: Mapping[str, Any] | None = None,
        *,
        command_id: str | None = None,
        if_match: int | None = None,
    ) -> Command:
        self.given += 1
        return build_command(
            name,
            body or {},
            id=command_id or str(uuid5(UUID(self.id), str(self.given))),
            principal=Principal("user", self.id, self.id),
            correlation_id=f"request-{self.given}",
            zone=self.zone,
            defaults=self.defaults,
            if_match=if_match,
            cause=Cause("request", f"request-{self.given}", self.change_set),
        )

    def signs_up(self) -> Command:
        """Returns the command before which a user gets no notification and no occurrence."""
        return self.says("RegisterUser", {"email": f"{self.id}@example.org", "zone": self.zone})

    def tick(self, at: datetime) -> Command:
        return tick_command(self.id, instant_text(at))

    def task_of(self, command: Command) -> str:
        return task_id_for(self.id, command.id)
