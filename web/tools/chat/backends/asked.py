"""Asks a model by pydantic-ai, which is imported here alone: the messages, the tools, the answer, and how it fails."""

import asyncio
import logging
import ssl
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

import certifi
import orjson
from openai import AsyncOpenAI, DefaultAsyncHttpxClient
from pydantic_ai.direct import model_request, model_request_stream
from pydantic_ai.exceptions import (
    AgentRunError,
    ModelConnectionError,
    ModelHTTPError,
    ModelQuotaExceededError,
    ModelRateLimitError,
    ModelRequestTimeout,
    ModelTimeoutError,
    UnexpectedModelBehavior,
)
from pydantic_ai.messages import (
    ModelMessage,
    ModelRequest,
    ModelResponse,
    PartDeltaEvent,
    PartStartEvent,
    SystemPromptPart,
    TextPart,
    TextPartDelta,
    ToolCallPart,
    ToolReturnPart,
    UserPromptPart,
)
from pydantic_ai.models import ModelRequestParameters, StreamedResponse
from pydantic_ai.models.openai import OpenAIChatModel
from pydantic_ai.profiles.openai import OpenAIModelProfile
from pydantic_ai.providers.openai import OpenAIProvider
from pydantic_ai.settings import ModelSettings
from pydantic_ai.tools import ToolDefinition

from actors.replies import Json
from host.chat_access import ChatAccess
from web.tools.catalogue import CATALOGUE
from web.tools.chat.backends.backend import Answer, Call, Failure, Steps, Turn
from web.tools.mcp.listing import described

log = logging.getLogger(__name__)

ANSWER_SECONDS: Final = 30.0
LONGEST_PAUSE_SECONDS: Final = 20.0  # that a model may ask for before it is asked again
_PAUSE_SECONDS: Final = 2.0
_MOST_TRIES: Final = 3
_MOST_HISTORY: Final = 20  # messages
_MOST_HISTORY_SIGNS: Final = 20_000
_MOST_SIGNS: Final = 20_000  # of one answer
_MOST_EVENTS: Final = 50_000  # of one streamed answer
_MOST_ARGUMENTS: Final = 64 * 1024
_REQUEST_TIMEOUT: Final = 408
_SERVER: Final = 500
_PROMPT: Final = Path(__file__).with_name("system_prompt.txt").read_text(encoding="utf-8")
_UNOFFERED: Final = frozenset({"apply-plan"})  # a chat asks the person instead
_NO_KEY: Final = "none"  # what a server on this machine is sent, which reads no key
# A stream that ends without a reason was cut. The schemas of the tools have parts that a strict one may not have.
_PROFILE: Final = OpenAIModelProfile(
    openai_chat_streaming_requires_finish_reason=True, openai_supports_strict_tool_definition=False
)


class Asked:
    """A model that is asked over HTTP, on a connection of its own for each answer."""

    def __init__(self, access: ChatAccess) -> None:
        self._access = access
        self._trusted = ssl.create_default_context(cafile=certifi.where())  # 50 ms, so it is made once
        self._parameters = ModelRequestParameters(function_tools=_tools())

    async def answer(self, turn: Turn, exchange: Sequence[tuple[Answer, Sequence[Json]]], steps: Steps) -> Answer:
        """Returns the model's next answer, or why there is none. A model that is busy is asked again after a pause."""
        messages = messages_of(turn, exchange)
        for tried in range(1, _MOST_TRIES + 1):
            try:
                return _read(await self._request(messages, steps))
            except AgentRunError as error:
                pause = _pause(error) if tried < _MOST_TRIES else None
                if pause is None:
                    return Answer("", failed=_why(error))
                await asyncio.sleep(pause)
        raise AssertionError("the last try has returned")

    async def _request(self, messages: Sequence[ModelMessage], steps: Steps) -> ModelResponse:
        key = self._access.read_key() or _NO_KEY
        http = DefaultAsyncHttpxClient(verify=self._trusted)
        async with AsyncOpenAI(base_url=self._access.base_url, api_key=key, max_retries=0, http_client=http) as client:
            model = OpenAIChatModel(
                self._access.model,
                provider=OpenAIProvider(openai_client=client),
                profile=_PROFILE,
                settings=ModelSettings(request_timeout=ANSWER_SECONDS),
            )
            if not self._access.streams:
                return await model_request(model, messages, model_request_parameters=self._parameters)
            return await _streamed(model, messages, self._parameters, steps)


async def _streamed(
    model: OpenAIChatModel, messages: Sequence[ModelMessage], parameters: ModelRequestParameters, steps: Steps
) -> ModelResponse:
    """Returns the answer, whose pieces are shown as they come."""
    async with model_request_stream(model, messages, model_request_parameters=parameters) as stream:
        try:
            await _shown(stream, steps)
        except ModelConnectionError as error:
            if isinstance(error, ModelTimeoutError):
                raise
            raise UnexpectedModelBehavior("The stream was cut") from error
        return stream.get()


async def _shown(stream: StreamedResponse, steps: Steps) -> None:
    events = 0
    async for event in stream:
        if piece := _piece(event):
            steps.say(piece)
        events += 1
        if events > _MOST_EVENTS:
            raise UnexpectedModelBehavior("The answer is too long")


def messages_of(turn: Turn, exchange: Sequence[tuple[Answer, Sequence[Json]]]) -> list[ModelMessage]:
    """Returns what the model is told: who it is, what was said before, the message, and what was done for it."""
    parts = [SystemPromptPart(prompt_of(turn))]
    message = turn.message + ("\n(The person has confirmed.)" if turn.confirmed else "")
    told: list[ModelMessage] = [ModelRequest(parts=parts), *_history(turn)]
    told.append(ModelRequest(parts=[UserPromptPart(message)]))
    for answer, given in exchange:
        calls = [ToolCallPart(call.name, call.arguments, call.id) for call in answer.calls]
        returned = zip(answer.calls, given, strict=True)
        told.append(ModelResponse(parts=[*([TextPart(answer.text)] if answer.text else []), *calls]))
        told.append(ModelRequest(parts=[ToolReturnPart(call.name, quoted(what), call.id) for call, what in returned]))
    return told


def prompt_of(turn: Turn) -> str:
    """Returns what the model is told first."""
    now = turn.now.astimezone(ZoneInfo(turn.zone))
    return _PROMPT.format(now=f"{now:%Y-%m-%d %H:%M}", weekday=f"{now:%A}", zone=turn.zone, language=turn.language)


def quoted(output: Json) -> str:
    """Returns the output of a tool, marked as data; no text in it can end the mark."""
    text = orjson.dumps(output).decode().replace("<", "\\u003c").replace(">", "\\u003e")
    return f"<data>{text}</data>"


def _history(turn: Turn) -> list[ModelMessage]:
    """Returns the last messages, the oldest first, as far as there is room."""
    kept: list[ModelMessage] = []
    room = _MOST_HISTORY_SIGNS
    for message in reversed(turn.history[-_MOST_HISTORY:]):
        room -= len(message["text"])
        if room < 0:
            break
        is_person = message["role"] == "person"
        kept.append(
            ModelRequest(parts=[UserPromptPart(message["text"])])
            if is_person
            else ModelResponse(parts=[TextPart(message["text"])])
        )
    return kept[::-1]


def _tools() -> list[ToolDefinition]:
    return [
        ToolDefinition(name=name, description=tool.description, parameters_json_schema=described(tool)["inputSchema"])
        for name, tool in CATALOGUE.items()
        if name not in _UNOFFERED
    ]


def _piece(event: Any) -> str:
    """Returns the text that an event of the stream adds."""
    if isinstance(event, PartStartEvent) and isinstance(event.part, TextPart):
        return event.part.content
    if isinstance(event, PartDeltaEvent) and isinstance(event.delta, TextPartDelta):
        return event.delta.content_delta
    return ""


def _read(response: ModelResponse) -> Answer:
    if response.finish_reason == "content_filter":
        return Answer("", failed="refused")
    text = "".join(part.content for part in response.parts if isinstance(part, TextPart))
    calls = tuple(_call(part) for part in response.parts if isinstance(part, ToolCallPart))
    if not text and not calls:
        return Answer("", failed="cut")
    return Answer(text[:_MOST_SIGNS], calls, response.usage.total_tokens)


def _call(part: ToolCallPart) -> Call:
    arguments = _arguments(part.args)
    return Call(part.tool_call_id[:100], part.tool_name[:100], arguments or {}, unreadable=arguments is None)


def _arguments(args: Any) -> Json | None:
    """Returns the arguments of a call, None for what is no JSON object or too long."""
    if not isinstance(args, str):
        return args or {}
    try:
        read = orjson.loads(args or "{}") if len(args) <= _MOST_ARGUMENTS else None
    except orjson.JSONDecodeError:
        return None
    return read if isinstance(read, dict) else None


def _pause(error: AgentRunError) -> float | None:
    """Returns after which pause the model is to be asked again; None where that does not help, or takes too long."""
    if not isinstance(error, ModelRateLimitError) or isinstance(error, ModelQuotaExceededError):
        return None
    pause = _PAUSE_SECONDS if error.retry_after is None else max(0.0, error.retry_after)
    return pause if pause <= LONGEST_PAUSE_SECONDS else None


def _why(error: AgentRunError) -> Failure:
    """Returns why there is no answer; logs its kind alone, because the words of a provider may quote the key."""
    status = error.status_code if isinstance(error, ModelHTTPError) else None
    log.warning("the model of the chat did not answer", extra={"kind": type(error).__name__, "status": status})
    if isinstance(error, ModelRateLimitError | ModelQuotaExceededError):
        return "busy"
    if isinstance(error, ModelTimeoutError | ModelRequestTimeout) or status == _REQUEST_TIMEOUT:
        return "slow"
    if status is not None:
        return "down" if status >= _SERVER else "setup"
    return "down" if isinstance(error, ModelConnectionError) else "cut"
