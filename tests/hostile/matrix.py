"""The rows and columns of the authorisation matrix: every operation of the OpenAPI document, filled, and who asks.

What is expected follows from what the operation declares: its `security`, its method, and what of a person it names.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from tests.fakes.belongings import MARK
from web.api.app import describe

SAFE = {"get"}
# What a token with that scope may do, as docs/security.md says.
ALLOWS = {"read": {"read"}, "write": {"read", "write"}, "agent": {"read", "write"}}
UNKNOWN = (401, "not_authenticated")
NOT_ENOUGH = (403, "scope_missing")
NO_PERSON = (403, "needs_login")
OTHER_SITE = (403, "cross_site")
# Parameters and fields that name something of a person, by which of the ids they take.
NAMED = {
    "task_id": "task_id", "series_id": "series_id", "reminder_id": "reminder_id", "notification_id": "notification_id",
    "token_id": "token_id", "session_id": "session_id", "position": "position", "tag": "tag", "slot": "slot",
    "change_set_id": "change_set_id", "ids": "task_id", "series": "series_id", "search": "tag", "prefix": "tag",
}  # fmt: skip


@dataclass(frozen=True)
class Operation:
    """One operation, as the document has it."""

    method: str
    path: str
    said: Mapping[str, Any]
    schemas: Mapping[str, Any]

    def __str__(self) -> str:
        return f"{self.method.upper()} {self.path}"

    def names_things(self) -> bool:
        """Returns whether the request names something of a person."""
        return bool({*self._parameters("path"), *self._parameters("query"), *self._named_fields()})

    async def ask(self, client: httpx.AsyncClient, ids: Mapping[str, str], **headers: str) -> httpx.Response:
        """Sends the request; raises KeyError for a parameter or body that nothing here can fill."""
        path = self.path.format_map({name: ids[NAMED[name]] for name in self._parameters("path")})
        query = {name: ids[NAMED[name]] for name in self._parameters("query")}
        body = {"json": self._body(ids)} if "requestBody" in self.said else {}
        return await client.request(self.method.upper(), path, params=query, headers=headers, **body)

    def refused(self, granted: set[str] | None) -> tuple[int, str] | None:
        """Returns status and code for a token with these grants, for nobody if they are None; None if it is let in."""
        ways = self.said.get("security") or [{}]
        if {} in ways:
            return None
        if granted is None:
            return UNKNOWN
        scopes = [set(way["token"]) for way in ways if "token" in way]
        if any(needed <= granted for needed in scopes):
            return None
        return NOT_ENOUGH if scopes else NO_PERSON

    def _parameters(self, place: str) -> list[str]:
        """Returns those that name something, or without which nothing can be asked."""
        here = [parameter for parameter in self.said.get("parameters", ()) if parameter.get("in") == place]
        return [parameter["name"] for parameter in here if parameter["required"] or _names(parameter["name"])]

    def _named_fields(self) -> list[str]:
        return [name for name in self._fields() if _names(name)]

    def _fields(self) -> Mapping[str, Any]:
        content = self.said.get("requestBody", {}).get("content", {})
        if not content:
            return {}
        fields: Mapping[str, Any] = self._schema(content)["properties"]
        return fields

    def _body(self, ids: Mapping[str, str]) -> dict[str, Any]:
        example: dict[str, Any] = self._schema(self.said["requestBody"]["content"])["examples"][0]
        named = {name: ids[NAMED[name]] for name in self._named_fields()}
        lists = {name for name, field in self._fields().items() if field.get("type") == "array"}
        return example | {name: [value] if name in lists else value for name, value in named.items()}

    def _schema(self, content: Mapping[str, Any]) -> Mapping[str, Any]:
        schema: Mapping[str, Any] = self.schemas[content["application/json"]["schema"]["$ref"].rpartition("/")[2]]
        return schema


def _names(name: str) -> bool:
    """Returns whether a parameter or field names something; one that is not in NAMED yet does by its form."""
    return name in NAMED or name.endswith(("_id", "_ids"))


def operations() -> Iterator[Operation]:
    """Returns every operation of the document."""
    document = describe()
    for path, methods in document["paths"].items():
        for method, said in methods.items():
            yield Operation(method, path, said, document["components"]["schemas"])


def outcome(answer: httpx.Response) -> tuple[int, str] | None:
    """Returns status and code of an answer that lets nobody in; None for every other answer."""
    assert answer.status_code < 500, answer.text
    code = answer.json().get("code", "") if answer.headers.get("content-type") == "application/problem+json" else ""
    found = (answer.status_code, code)
    return found if found in {UNKNOWN, NOT_ENOUGH, NO_PERSON, OTHER_SITE} else None


def leaks(answer: httpx.Response, ids: Mapping[str, str]) -> bool:
    """Returns whether the answer holds a text of the marked person that the request did not bring."""
    told = answer.text + str(answer.headers)
    return MARK in told.replace(ids["tag"], "")
