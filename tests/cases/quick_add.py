"""A case of quick add: one line of text, and what the grammar is to make of it."""

from collections.abc import Mapping
from datetime import datetime
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from actors.recurrence.expansion import Policies, Recurrence, slots
from actors.recurrence.parsing import parse as parse_rule
from actors.replies import Refused
from tests.cases.paths import same_items
from web.language import Parsed, parse

FIELDS = ("due", "priority", "list")
COMPARED_SLOTS = 60


def differences(case: Mapping[str, Any]) -> list[str]:
    """Returns what of a case does not hold."""
    now = datetime.fromisoformat(case["now"]).replace(tzinfo=ZoneInfo(case["zone"]))
    parsed = parse(case["text"], now=now, zone=case["zone"], language=case["lang"])
    expected = case["expect"]
    pairs = [("title", parsed.title, expected["title"])]
    pairs += [(name, getattr(parsed, name), expected.get(name)) for name in FIELDS]
    wrong = [_wrong(name, got, right) for name, got, right in pairs if got != right]
    lists = [(name, getattr(parsed, name), expected.get(name)) for name in ("tags", "reminders")]
    wrong += [_wrong(name, got, right) for name, got, right in lists if not _same_list(got, right)]
    if not _same_rule(parsed, expected, case["zone"]):
        wrong.append(_wrong("recurrence", parsed.recurrence, expected.get("recurrence")))
    return wrong


def _wrong(name: str, got: Any, right: Any) -> str:
    return f"{name} is {got!r}, not {right!r}"


def _same_list(got: Any, right: Any) -> bool:
    return got is right if got is None or right is None else same_items(got, right)


def _same_rule(parsed: Parsed, expected: Mapping[str, Any], zone: str) -> bool:
    """Returns whether two rules give the same slots from the due on, end alike and have one mode."""
    right = expected.get("recurrence")
    if parsed.recurrence is None or right is None:
        return parsed.recurrence is right
    if parsed.recurrence["mode"] != right["mode"] or not parsed.due:
        return False
    got, wanted = (_expanded(rule["rule"], parsed.due, zone) for rule in (parsed.recurrence, right))
    return _slots(got) == _slots(wanted) and _is_endless(got) == _is_endless(wanted)


def rule_differs(
    series: Mapping[str, Any], wanted: Mapping[str, Any], due: Mapping[str, str] | None, zone: str
) -> bool:
    """Returns whether a series has another mode, or from a due on other slots, than a rule."""
    if due is None or series["mode"] != wanted["mode"]:
        return True
    got, right = (_expanded(rule["rule"], due, zone) for rule in (series, wanted))
    return _slots(got) != _slots(right) or _is_endless(got) != _is_endless(right)


def _expanded(rule: str, due: Mapping[str, str], zone: str) -> Recurrence:
    recurrence = parse_rule(rule, {**due, "zone": zone} if "local" in due else due, zone, Policies())
    if isinstance(recurrence, Refused):
        raise ValueError(recurrence.detail)  # noqa: TRY004  # the rule is wrong, not its type
    return recurrence


def _slots(recurrence: Recurrence) -> list[str]:
    return [slot.nominal for slot in islice(slots(recurrence), COMPARED_SLOTS)]


def _is_endless(recurrence: Recurrence) -> tuple[Any, Any]:
    """Returns what ends a rule whose end lies behind the slots that are compared."""
    if len(_slots(recurrence)) < COMPARED_SLOTS:
        return (None, None)
    return (recurrence.rule.count, recurrence.rule.until)
