"""The cases of time: steps and expectations of a person's requests while the clock moves."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from actors.due import instant_of
from tests.cases.paths import canonical, same, same_items, value_at
from tests.cases.stage import Stage, Stages

ANY_TIME = "1990-01-01T00:00"  # for a case of whose dates none is before
MAIL = "grace@example.org"
_NAME = re.compile(r"\{(\w+)\}")


async def differences(stages: Stages, case: Mapping[str, Any]) -> list[str]:
    """Runs one case; returns each way in which Duely differs from it."""
    user = case["user"] or {}
    zone = user.get("timezone", "UTC")
    now = _instant(case["now"] or ANY_TIME, zone)
    if "steps" not in case:
        return await _Played(await stages.kept(now, user), zone).preview(case)
    async with stages.stage(now) as stage:
        if case["user"] is not None:
            await stage.sign_up(user)
        played = _Played(stage, zone)
        for step in case["steps"]:
            await played.step(step)
        for expected in case["expect"]:
            await played.expect(expected)
        return played.wrong


class _Played:
    """One case as far as it has been played: the values that it saved, and what was wrong."""

    def __init__(self, stage: Stage, zone: str) -> None:
        self._stage = stage
        self._zone = zone
        self._saved: dict[str, Any] = {"mail": MAIL}
        self.wrong: list[str] = []

    async def preview(self, case: Mapping[str, Any]) -> list[str]:
        expected = case["expect"]
        answer = await self._answer({**case, "status": expected.get("status", 200)})
        if "status" in expected:
            if not (answer or {}).get("detail") and not (answer or {}).get("errors"):
                self.wrong.append(f"refused without a reason: {answer}")
            return self.wrong
        shown = (answer or {}).get("occurrences", [])
        for name, values in expected.items():
            key = name if name != "occurrences" else ("local" if "T" in "".join(values[:1]) else "date")
            self._compare(name, [slot.get(key) for slot in shown], values)
        return self.wrong

    async def step(self, step: Mapping[str, Any]) -> None:
        if "at" in step:
            await self._stage.move_to(_instant(step["at"], self._zone))
        if "call" in step:
            answer = await self._answer(step)
            self._saved |= {name: value_at(answer, path) for name, path in step.get("save", {}).items()}

    async def expect(self, expected: Mapping[str, Any]) -> None:
        if "clock" in expected:
            await self._stage.move_to(_instant(expected["clock"], self._zone))
            await self._told(expected)
            return
        answer = await self._answer(expected)
        for path, value in expected.get("json", {}).items():
            self._compare(path, value_at(answer, path), self._filled(value))
        for path, value in expected.get("set", {}).items():
            found = value_at(answer, path) or []
            if not same_items(found, self._filled(value)):
                self.wrong.append(f"{expected['call']}: {path} has {found}, not {value} in any order")
        for path, count in expected.get("count", {}).items():
            found = value_at(answer, path) or []
            if len(found) != count:
                self.wrong.append(f"{expected['call']}: {path} has {len(found)} items, not {count}")

    async def _answer(self, asked: Mapping[str, Any]) -> Any:
        call, wanted = self._filled(asked["call"]), asked.get("status")
        answer = await self._stage.call(call, self._filled(asked.get("body")))
        if answer.status_code != wanted if wanted is not None else not answer.is_success:
            self.wrong.append(f"{call}: {answer.status_code}, not {wanted or '2xx'}: {answer.text[:300]}")
        return answer.json() if answer.content else None

    async def _told(self, expected: Mapping[str, Any]) -> None:
        answer = await self._stage.call("GET /api/v1/notifications?per_page=100")
        told = [item for item in answer.json()["items"] if item["kind"] in expected["kinds"]]
        if not _pair_up(expected["told"], told, self._is_told):
            shown = [f"{item['kind']} {item['title']!r} {self._wall(item['created_at'])}" for item in told]
            self.wrong.append(f"told {shown}, not {expected['told']}")

    def _is_told(self, wanted: Mapping[str, Any], item: Mapping[str, Any]) -> bool:
        return (
            all(item[name] == wanted[name] for name in ("kind", "title") if name in wanted)
            and wanted.get("at") in {None, self._wall(item["created_at"])}
            and all(text in item["body"] for text in wanted.get("body_has", ()))
            and not any(text in item["body"] for text in wanted.get("body_lacks", ()))
        )

    def _wall(self, instant: str) -> str:
        return datetime.fromisoformat(instant).astimezone(ZoneInfo(self._zone)).strftime("%Y-%m-%dT%H:%M")

    def _compare(self, path: str, found: Any, wanted: Any) -> None:
        if not same(found, wanted, path):
            self.wrong.append(f"{path} is {canonical(found)}, not {wanted}")

    def _filled(self, value: Any) -> Any:
        """Returns the value with the saved ones in the place of their names."""
        if isinstance(value, dict):
            return {name: self._filled(item) for name, item in value.items()}
        if isinstance(value, list):
            return [self._filled(item) for item in value]
        if not isinstance(value, str):
            return value
        whole = _NAME.fullmatch(value)
        if whole and whole[1] in self._saved:
            return self._saved[whole[1]]
        return _NAME.sub(lambda name: str(self._saved.get(name[1], name[0])), value)


def _instant(text: str, zone: str) -> datetime:
    """Returns the instant of a time on the wall in `zone`, or of one that says Z."""
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else instant_of(moment, zone)


def _pair_up(wanted: Sequence[Any], found: Sequence[Any], fits: Any) -> bool:
    """Returns whether each wanted entry can have a found one of its own, and none is left over."""
    if len(wanted) != len(found):
        return False
    partner: dict[int, int] = {}  # found → wanted

    def place(index: int, tried: set[int]) -> bool:
        for other, item in enumerate(found):
            if other not in tried and fits(wanted[index], item):
                tried.add(other)
                if other not in partner or place(partner[other], tried):
                    partner[other] = index
                    return True
        return False

    return all(place(index, set()) for index in range(len(wanted)))
