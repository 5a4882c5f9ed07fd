"""The body of a request: JSON of at most 256 KB, read once and validated by its model."""

import json
from typing import Final, TypeVar

from pydantic import ValidationError
from starlette.requests import Request

from actors.fields import Body
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
    raw = await _read(request)
    try:
        return model.model_validate_json(raw)
    except ValidationError as error:
        errors = error.errors(include_url=False, include_context=False)
        if errors[0]["type"] == "json_invalid":
            raise _unreadable(raw, model, errors[0]["msg"]) from error
        raise invalid_body(errors) from error


def _is_absent(request: Request) -> bool:
    """Returns whether there is no body, as fetch and curl send such a request; a stream of unknown length is a body."""
    headers = request.headers
    return headers.get("content-length", "0") == "0" and "transfer-encoding" not in headers


async def _read(request: Request) -> bytes:
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
    detail = "Send at most 256 KB in one request."
    # Without it, the unread rest would be taken for the next request.
    return ProblemError(413, "body_too_large", detail, headers={"Connection": "close"})


def _unreadable(raw: bytes, model: type[Body], message: str) -> ProblemError:
    """Returns the problem for a body that is not JSON to us.

    A lone surrogate is well-formed JSON to others, so it gets the answer of the field that it stands in.
    """
    try:
        model.model_validate(json.loads(raw))
    except ValidationError as error:
        return invalid_body(error.errors(include_url=False, include_context=False))
    except (ValueError, RecursionError):
        pass
    return ProblemError(400, "malformed_json", f"The body is not valid JSON: {message}.")
