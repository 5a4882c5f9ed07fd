"""The body of a request: JSON of at most 256 KB, read once and validated by its model."""

from typing import Any, Final, TypeVar

from pydantic import ValidationError
from starlette.requests import Request

from actors.fields import Body
from actors.typed import TYPED
from web.api.edge.json_limits import malformed, parsed
from web.problems import ProblemError, invalid_body

LONGEST_BODY: Final = 256 * 1024
Model = TypeVar("Model", bound=Body)


async def read_body(request: Request, model: type[Model], *, required: bool = True) -> Model:
    """Returns the body as its model; one that is not required and absent counts as `{}`.

    Raises the 400, 413, 415 or 422 that says what is wrong.
    """
    if not required and _is_absent(request):
        return model()
    content_type = request.headers.get("content-type", "")
    if content_type.partition(";")[0].strip().lower() != "application/json":
        raise ProblemError(415, "unsupported_media_type", "Send JSON with `Content-Type: application/json`.")
    raw = await read_raw(request)
    value = parsed(raw)
    try:
        return model.model_validate_json(raw, context=TYPED)
    except ValidationError as error:
        found = error.errors(include_url=False, include_context=False, include_input=False)
        if found[0]["type"] == "json_invalid":
            raise _unreadable(value, model, found[0]["msg"].removeprefix("Invalid JSON: ")) from error
        raise invalid_body(found) from error


def _is_absent(request: Request) -> bool:
    """Returns whether there is no body, as fetch and curl send such a request; a stream of unknown length is a body."""
    headers = request.headers
    return headers.get("content-length", "0") == "0" and "transfer-encoding" not in headers


async def read_raw(request: Request) -> bytes:
    """Returns the body; raises the 413 for one that is too long."""
    declared = request.headers.get("content-length", "0")
    if not declared.isdecimal() or len(declared) > 10 or int(declared) > LONGEST_BODY:  # noqa: PLR2004  digits of 4 GB
        raise _too_large()
    chunks: list[bytes] = []
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > LONGEST_BODY:
            raise _too_large()
        chunks.append(chunk)
    return b"".join(chunks)


def _too_large() -> ProblemError:
    # The listener ends the connection: what was not read would be taken for the next request.
    return ProblemError(413, "body_too_large", "Send at most 256 KB in one request.")


def _unreadable(value: Any, model: type[Body], message: str) -> ProblemError:
    """A lone surrogate is well-formed JSON to others, so it gets the answer of the field that it stands in."""
    try:
        model.model_validate(value, context=TYPED)
    except ValidationError as error:
        return invalid_body(error.errors(include_url=False, include_context=False, include_input=False))
    except RecursionError:
        pass
    return malformed(message)
