"""What a tool's output and a problem say to a model, as text. Whatever people wrote stands in quotes."""

import json
from collections.abc import Mapping
from typing import Any, Final

from actors.replies import Json
from web.problems import ProblemError

_MOST_LINES: Final = 200
_FIND: Final = "Find the right id with find-tasks or find-series."
_FOUND_SO: Final = {"task_not_found", "series_not_found"}
_AGAIN: Final = {  # what to try next after a problem, where its detail does not say it
    401: "Ask the person for a new token; do not retry.",
    403: "Do not retry: this token may not do that.",
    409: "Read it again, and decide anew.",
    429: "Wait, then send the same call again.",
    500: "Do not retry; tell the person.",
    503: "Wait, then send the same call again.",
}


def said(output: Json) -> str:
    """Returns what became of each item in a line, and what to do next; what a reading tool found stands as JSON."""
    if "results" not in output:
        return json.dumps(output, ensure_ascii=False, separators=(",", ":"))
    lines = [_line(result) for result in output["results"][:_MOST_LINES]]
    if plan_id := output.get("plan_id"):
        lines.append(f"plan_id: {plan_id}")
    if change_set := output.get("change_set"):
        lines.append(f"change_set: {change_set}")
    return "\n".join([*lines, *(f"Next: {sentence}" for sentence in output.get("next", ()))]) or "Nothing to do."


def problem_said(problem: ProblemError) -> str:
    """Returns what failed, where, and what to try next."""
    lines = [f"Failed ({problem.status} {problem.code}): {problem.detail}"]
    lines += [f"- {fault.where or 'arguments'}: {fault.detail} ({fault.code})" for fault in problem.faults]
    if after := problem.headers.get("Retry-After"):
        lines.append(f"Retry after {after} s.")
    again = _FIND if problem.code in _FOUND_SO else _AGAIN.get(problem.status)
    if again:
        lines.append(f"Try next: {again}")
    return "\n".join(lines)


def _line(result: Mapping[str, Any]) -> str:
    named = " ".join(part for part in (_quoted(result.get("title")), _in_brackets(result.get("id"))) if part)
    what = result.get("did") or result.get("detail") or ""
    code = f" ({result['code']})" if result.get("code") else ""
    line = f"{result['status']}{code}: {named}{' — ' if named and what else ''}{what}"
    fitting = [f"  could be {_quoted(one['title'])} [{one['id']}]" for one in result.get("candidates", ())]
    return "\n".join([line, *fitting])


def _quoted(text: str | None) -> str:
    return json.dumps(text, ensure_ascii=False) if text else ""


def _in_brackets(text: str | None) -> str:
    return f"[{text}]" if text else ""
