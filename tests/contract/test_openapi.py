"""The OpenAPI document: the committed one is the one that the code makes, and it has what clients need."""

from collections.abc import Iterator
from typing import Any

import orjson
import pytest

from actors.commands import BODIES
from web.api.app import describe
from web.api.openapi.document import written
from web.api.openapi.routes import SNAPSHOT
from web.api.tasks.sending import COMMANDS

pytestmark = pytest.mark.contract
READS_WITH_A_BODY = {"parse_quick_add", "preview_series"}


def operations() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in describe()["paths"].items():
        for method, operation in methods.items():
            yield method.upper(), path, operation


def test_the_committed_document_is_the_generated_one() -> None:
    assert SNAPSHOT.read_bytes() == written(describe()), "run `python -m web.api.openapi` and commit openapi.json"


def test_every_operation_has_a_stable_id_a_summary_and_an_access() -> None:
    found = list(operations())
    ids = [operation["operationId"] for _, _, operation in found]
    assert len(ids) == len(set(ids))
    for method, path, operation in found:
        assert operation["summary"], (method, path)
        if path.startswith("/api/"):
            assert operation["x-duely-access"] in {"public", "read", "write", "account"}, (method, path)
            reads = method == "GET" or operation["operationId"] in READS_WITH_A_BODY
            assert reads or operation["x-duely-access"] != "read", (method, path)


def test_every_reference_leads_somewhere() -> None:
    document = describe()
    for reference in _references(document):
        target: Any = document
        for step in reference.removeprefix("#/").split("/"):
            target = target[step]
    assert document["openapi"].startswith("3.1")


def test_every_body_has_an_example() -> None:
    schemas = describe()["components"]["schemas"]
    for method, path, operation in operations():
        if "requestBody" in operation:
            name = operation["requestBody"]["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
            assert schemas[name]["examples"], (method, path)
            assert schemas[name]["additionalProperties"] is False, (method, path)


def test_every_bulk_action_names_a_command() -> None:
    assert set(COMMANDS.values()) <= BODIES.keys()


def _references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        for value in node.values():
            yield from _references(value)
    elif isinstance(node, list):
        for value in node:
            yield from _references(value)


def test_the_document_is_small_enough_to_read_at_a_start() -> None:
    assert len(orjson.dumps(describe())) < 180_000
