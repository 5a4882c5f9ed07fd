"""A server on this machine with the API of OpenAI's chat completions, which answers by a script; real HTTP."""

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from tests.fakes.listener import served


@dataclass(frozen=True)
class Says:
    """One answer. `calls` are names with their arguments, as JSON or as the text that is sent for it.

    `cut` breaks the connection off after the text, `unfinished` ends the stream without a reason, `seconds` is how long
    it is thought about.
    """

    text: str = ""
    calls: Sequence[tuple[str, Any]] = ()
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    refusal: str = ""
    tokens: int = 30
    cut: bool = False
    unfinished: bool = False
    seconds: float = 0

    @property
    def message(self) -> dict[str, Any]:
        calls = [
            {
                "id": f"call_{place}",
                "index": place,
                "type": "function",
                "function": {"name": name, "arguments": given if isinstance(given, str) else json.dumps(given)},
            }
            for place, (name, given) in enumerate(self.calls)
        ]
        return {
            "role": "assistant",
            "content": self.text or None,
            **({"tool_calls": calls} if calls else {}),
            **({"refusal": self.refusal} if self.refusal else {}),
        }

    @property
    def reason(self) -> str:
        return "tool_calls" if self.calls else "stop"

    @property
    def usage(self) -> dict[str, int]:
        return {"prompt_tokens": self.tokens - 10, "completion_tokens": 10, "total_tokens": self.tokens}


@dataclass
class ScriptedServer:
    """Answers request number `n` with the n-th of `script`, and those after the last with the last."""

    script: list[Says] = field(default_factory=list[Says])
    asked: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    keys: list[str] = field(default_factory=list[str])
    url: str = ""

    async def complete(self, request: Request) -> Response:
        body = await request.json()
        self.asked.append(body)
        self.keys.append(request.headers.get("authorization", ""))
        says = self.script[min(len(self.asked), len(self.script)) - 1]
        await asyncio.sleep(says.seconds)
        if says.status != 200:
            error = {"message": f"no: {self.keys[-1]}", "type": "an_error", "code": "a_code"}
            return JSONResponse({"error": error}, says.status, says.headers)
        if body.get("stream"):
            return StreamingResponse(_stream(says, body["model"]), media_type="text/event-stream")
        choice = {"index": 0, "message": says.message, "finish_reason": says.reason}
        return JSONResponse(_whole(body["model"], "chat.completion", [choice]) | {"usage": says.usage})

    def told(self, request: int = -1) -> list[dict[str, Any]]:
        """Returns the messages of a request."""
        messages: list[dict[str, Any]] = self.asked[request]["messages"]
        return messages


def _whole(model: str, kind: str, choices: list[dict[str, Any]]) -> dict[str, Any]:
    return {"id": "answer", "object": kind, "created": 1_700_000_000, "model": model, "choices": choices}


async def _stream(says: Says, model: str) -> AsyncIterator[str]:
    def chunk(delta: Mapping[str, Any], reason: str | None = None, **more: Any) -> str:
        choice = {"index": 0, "delta": dict(delta), "finish_reason": reason}
        return f"data: {json.dumps(_whole(model, 'chat.completion.chunk', [choice]) | more)}\n\n"

    yield chunk({"role": "assistant", "content": ""})
    for word in says.text.split(" ") if says.text else ():
        yield chunk({"content": f"{word} "})
    if says.cut:
        await asyncio.sleep(0.05)
        raise ConnectionError("cut by the script")
    rest = {key: value for key, value in says.message.items() if key in {"tool_calls", "refusal"}}
    if rest:
        yield chunk(rest)
    if not says.unfinished:
        yield chunk({}, says.reason, usage=says.usage)
        yield "data: [DONE]\n\n"


@asynccontextmanager
async def scripted_server(*script: Says) -> AsyncGenerator[ScriptedServer]:
    """Serves the script on a port of this machine until the end of the block."""
    server = ScriptedServer(list(script))
    app = Starlette(routes=[Route("/v1/chat/completions", server.complete, methods=["POST"])])
    async with served(app) as here:
        server.url = f"http://127.0.0.1:{here.port}/v1"
        yield server
