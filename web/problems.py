"""Problems: what the API answers when something is wrong, as problem+json with a code, each fault and what to do."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from itertools import count, islice
from typing import Any, Final

from actors.fields import field_problem
from actors.replies import Refused

MOST_FAULTS: Final = 20  # that one answer names
MOST_UNKNOWN: Final = 5  # unknown fields among them
_UNKNOWN: Final = "extra_forbidden"  # to pydantic


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault in one part of a request; `where` is a JSON pointer, `?name` for a parameter, or a header's name."""

    where: str
    code: str
    detail: str

    def as_json(self) -> dict[str, str]:
        key = "pointer" if not self.where or self.where.startswith("/") else "parameter"
        return {key: self.where.removeprefix("?"), "code": self.code, "detail": self.detail}


class ProblemError(Exception):
    """A request that is answered with a problem; raised wherever the cause is found, written as a response at the edge."""

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        *,
        faults: Sequence[Fault] = (),
        extra: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(f"{status} {code}: {detail}")
        self.status = status
        self.code = code
        self.detail = detail
        self.faults = tuple(faults)
        self.extra = dict(extra or {})
        self.headers = dict(headers or {})

    def as_json(self) -> dict[str, Any]:
        problem: dict[str, Any] = {
            **self.extra,
            "type": "about:blank",
            "title": HTTPStatus(self.status).phrase,
            "status": self.status,
            "code": self.code,
            "detail": self.detail,
        }
        if self.faults:
            problem["errors"] = [fault.as_json() for fault in self.faults]
        return problem


def refused(refusal: Refused) -> ProblemError:
    """Returns the problem for what an actor refused."""
    return ProblemError(refusal.status, refusal.code, refusal.detail, extra=refusal.extra)


def not_found(what: str = "task") -> ProblemError:
    """Returns the 404, the same for what never existed, what is gone and what belongs to another user."""
    return ProblemError(404, f"{what}_not_found", f"There is no such {what}.")


def unavailable(detail: str, *, code: str = "unavailable", retry_after_seconds: int = 2) -> ProblemError:
    """Returns a 503 that says when to try again."""
    return ProblemError(503, code, detail, headers={"Retry-After": str(retry_after_seconds)})


def broken() -> ProblemError:
    """Returns the 500 for a bug; only the log says what is wrong."""
    detail = "Something went wrong on the server; its log has the details under the id in X-Request-Id."
    return ProblemError(500, "internal_error", detail)


def invalid_body(errors: Iterable[Mapping[str, Any]], *, prefix: str = "") -> ProblemError:
    """The 422 for pydantic's errors in a body; `prefix` is put before each pointer."""
    return invalid([_fault(error["loc"], error, prefix) for error in _worth_naming(errors)])


def invalid_parameters(errors: Iterable[Mapping[str, Any]]) -> ProblemError:
    """The 422 for pydantic's errors in query, path or header, as FastAPI collects them."""
    return invalid([_fault(error["loc"][1:], error, "?") for error in _worth_naming(errors)])


def _worth_naming(errors: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The first of them: nobody reads more, and an answer must not grow with what is sent."""
    unknown = count()
    named = (error for error in errors if error["type"] != _UNKNOWN or next(unknown) < MOST_UNKNOWN)
    return list(islice(named, MOST_FAULTS))


def invalid(faults: Sequence[Fault]) -> ProblemError:
    """The 422 for these faults, of which there is one at least."""
    code = next((fault.code for fault in faults if fault.code == "invalid_text"), "invalid_request")
    first, others = faults[0], len(faults) - 1
    where = first.where.removeprefix("?") or "the body"
    more = f" ({others} more in `errors`.)" if others else ""
    return ProblemError(422, code, f"Correct {where} and send it again: {first.detail}{more}", faults=faults)


def _fault(location: Sequence[Any], error: Mapping[str, Any], prefix: str) -> Fault:
    problem = field_problem(tuple(location), str(error["type"]), str(error["msg"]))
    pointer = problem["pointer"]
    where = f"?{pointer.removeprefix('/')}" if prefix == "?" else f"{prefix}{pointer}"
    return Fault(_encodable(where, 200), problem["code"], _encodable(_sentence(problem["detail"]), 400))


def _sentence(message: str) -> str:
    text = message.removeprefix("Value error, ")
    return text if text.endswith(".") else f"{text}."


def _encodable(text: str, longest: int) -> str:
    """Returns the text as a response can carry it: what a client sent may hold lone surrogates, or be long."""
    return text.encode("utf-8", "replace").decode()[:longest]
