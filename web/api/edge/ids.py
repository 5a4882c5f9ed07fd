"""Ids and tags in paths: an id that is no UUID is answered like one that does not exist."""

from typing import Annotated
from uuid import UUID

from fastapi import Path
from pydantic import AfterValidator

from actors.fields import TagName
from web.problems import not_found


def canonical(text: str, what: str) -> str:
    """Returns the id in its one spelling; raises the 404 of that kind of thing."""
    try:
        return str(UUID(text))
    except ValueError:
        raise not_found(what) from None


def _task(text: str) -> str:
    return canonical(text, "task")


def _series(text: str) -> str:
    return canonical(text, "series")


def _reminder(text: str) -> str:
    return canonical(text, "reminder")


def _notification(text: str) -> str:
    return canonical(text, "notification")


def _token(text: str) -> str:
    return canonical(text, "token")


def _change_set(text: str) -> str:
    return canonical(text, "change_set")


def _session(text: str) -> str:
    if not (text.isascii() and text.isalnum()):
        raise not_found("session")
    return text


_UUID = Path(json_schema_extra={"format": "uuid"})
TaskId = Annotated[str, AfterValidator(_task), _UUID]
SeriesId = Annotated[str, AfterValidator(_series), _UUID]
ReminderId = Annotated[str, AfterValidator(_reminder), _UUID]
NotificationId = Annotated[str, AfterValidator(_notification), _UUID]
ChangeSetId = Annotated[str, AfterValidator(_change_set), _UUID]
TokenId = Annotated[str, AfterValidator(_token), _UUID]
SessionId = Annotated[str, AfterValidator(_session), Path()]
TagInPath = Annotated[TagName, Path()]
