"""The bridge of `duely mcp`: what it sends, when it tries again, and what it answers where there is no answer."""

import json
from collections.abc import Callable
from typing import Any

import httpx2
import pytest
from click.testing import CliRunner

from host.operator import mcp_bridge
from host.operator.cli import main
from host.operator.mcp_bridge import Bridge

pytestmark = pytest.mark.unit
NOW = {"io.modelcontextprotocol/protocolVersion": "2026-07-28"}


class Duely:
    """Answers with each of `answers` in turn, the last one for ever, and keeps what it was asked."""

    def __init__(self, *answers: httpx2.Response | Exception) -> None:
        self.answers = list(answers)
        self.asked: list[httpx2.Request] = []

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        self.asked.append(request)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mcp_bridge, "_PAUSES_SECONDS", (0, 0))


def result(**value: Any) -> httpx2.Response:
    return httpx2.Response(200, json={"jsonrpc": "2.0", "id": 1, "result": value})


def line(method: str, id_: int | None = 1, **params: Any) -> bytes:
    message = {"jsonrpc": "2.0", "method": method, "params": params} | ({} if id_ is None else {"id": id_})
    return json.dumps(message).encode()


async def answered(duely: Callable[[httpx2.Request], httpx2.Response], *lines: bytes) -> list[Any]:
    bridge = Bridge("http://duely.test/mcp", "duely_x", transport=httpx2.MockTransport(duely))
    answers = [await bridge.answer(one) for one in lines]
    await bridge.close()
    return [answer and json.loads(answer) for answer in answers]


async def test_a_call_has_the_headers_of_its_revision_and_a_key_of_its_own() -> None:
    duely = Duely(result(ok=True))
    await answered(duely, *(line("tools/call", n, name="list-tags", _meta=NOW) for n in (1, 2)))
    first, second = (request.headers for request in duely.asked)
    assert first["authorization"] == "Bearer duely_x"
    assert (first["mcp-protocol-version"], first["mcp-method"], first["mcp-name"]) == (
        "2026-07-28", "tools/call", "list-tags",
    )  # fmt: skip
    assert first["idempotency-key"] != second["idempotency-key"]


async def test_the_revision_of_a_handshake_goes_with_what_follows() -> None:
    duely = Duely(result(protocolVersion="2025-06-18"), result())
    await answered(duely, line("initialize"), line("tools/list"))
    assert "mcp-protocol-version" not in duely.asked[0].headers
    assert duely.asked[1].headers["mcp-protocol-version"] == "2025-06-18"


async def test_a_call_is_sent_again_with_the_same_key_where_duely_is_away() -> None:
    busy = httpx2.Response(429, headers={"Retry-After": "0"}, json={"detail": "later"})
    duely = Duely(httpx2.ConnectError("refused"), busy, result(ok=True))
    [answer] = await answered(duely, line("tools/call", name="add-tasks"))
    assert answer["result"] == {"ok": True}
    assert len({request.headers["idempotency-key"] for request in duely.asked}) == 1
    assert len(duely.asked) == 3


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (httpx2.ConnectError("refused"), "cannot be reached"),
        (httpx2.Response(401, json={"code": "not_authenticated", "detail": "That token is revoked."}), "revoked"),
        (httpx2.Response(503, json={"detail": "The database does not respond."}), "database"),
        (httpx2.Response(502, text="<html>"), "502"),
    ],
)
async def test_what_is_no_answer_becomes_an_error_without_the_token(given: Any, said: str) -> None:
    [answer] = await answered(Duely(given), line("tools/list", 7))
    assert answer["id"] == 7
    assert said in answer["error"]["message"]
    assert "duely_x" not in json.dumps(answer)


async def test_a_notification_has_no_answer_and_nonsense_is_refused() -> None:
    duely = Duely(httpx2.Response(202))
    assert await answered(duely, line("notifications/initialized", None)) == [None]
    refused = await answered(duely, b"{nonsense", b"[1]", b"[" * 100_000)
    assert [answer["error"]["code"] for answer in refused] == [-32700] * 3
    assert len(duely.asked) == 1


def test_a_token_is_needed_and_never_an_argument() -> None:
    without = CliRunner().invoke(main, ["mcp"], env={"DUELY_TOKEN": ""})
    assert without.exit_code == 1
    assert "DUELY_TOKEN" in without.output
    assert CliRunner().invoke(main, ["mcp", "--token", "duely_x"]).exit_code == 2
