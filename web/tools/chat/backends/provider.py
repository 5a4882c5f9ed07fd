"""A model behind an API as OpenAI has it: who may ask it, and the library, which is loaded when it is first asked."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from actors.replies import Json
from host.chat_access import ChatAccess
from host.store.read_model import conversation_queries
from web.services import Services
from web.tools.chat.backends.backend import Answer, Backend, Failure, Steps, Turn
from web.tools.chat.backends.rules import RulesBackend

if TYPE_CHECKING:
    from web.tools.chat.backends.asked import Asked

_DAY: Final = timedelta(hours=24)

Said = Callable[[str, datetime], Awaitable[int]]  # how many messages a user has said since an instant


@dataclass(slots=True)
class ProvidedModel:
    """The model of the settings."""

    access: ChatAccess
    said: Said
    name: Final = "openai"
    _asked: "Asked | None" = field(default=None, init=False)

    async def answer(self, turn: Turn, exchange: Sequence[tuple[Answer, Sequence[Json]]], steps: Steps) -> Answer:
        """Returns the model's next answer, or why there is none."""
        failed = await self._barred(turn, is_first=not exchange)
        if failed is not None:
            return Answer("", failed=failed)
        if self._asked is None:
            self._asked = await asyncio.to_thread(_loaded, self.access)
        return await self._asked.answer(turn, exchange, steps)

    async def _barred(self, turn: Turn, *, is_first: bool) -> Failure | None:
        if not turn.uses_model:
            return "off"
        is_spent = is_first and await self.said(turn.user_id, turn.now - _DAY) > self.access.runs_a_day
        return "spent" if is_spent else None


def _loaded(access: ChatAccess) -> "Asked":
    from web.tools.chat.backends.asked import Asked  # noqa: PLC0415  it takes a second and 60 MB

    return Asked(access)


def backend_of(services: Services) -> Backend:
    """Returns the back end of the settings."""
    access = services.settings.chat
    if access.kind == "rules":
        return RulesBackend()
    from web.tools.chat.backends.model import ModelBackend  # noqa: PLC0415  it loads the catalogue

    async def said(user_id: str, since: datetime) -> int:
        async with services.db.raw() as connection:
            return await conversation_queries.said_since(connection, user_id, since)

    return ModelBackend(ProvidedModel(access, said), runs_a_day=access.runs_a_day)
