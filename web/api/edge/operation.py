"""What a route says of itself: who may use it, its id, its body and its answers, for the guard and for OpenAPI."""

from typing import Any, Final, Literal

from pydantic import BaseModel

Access = Literal["public", "read", "write", "account"]

PROBLEMS: Final = {
    400: "Malformed: not JSON, or a cursor or token that is not ours",
    401: "No valid session or token",
    403: "Signed in, but not allowed: another site's request, a scope that is missing, or sign-up is closed",
    404: "No such thing, or not yours",
    409: "In conflict with what is there",
    413: "Longer than 256 KB",
    415: "Not application/json",
    422: "Understood, but not acceptable; `errors` says where",
    429: "Too many requests; see Retry-After",
    503: "Something we need is down or behind; see Retry-After",
}
_HEADER = {"in": "header", "required": False}
_CONSISTENCY: Final = {
    **_HEADER,
    "name": "Duely-Consistency",
    "description": "A read shows all that you did before it, and waits for that. The header of that name from a write "
    "asks for what the write made, too; `eventual` asks for what there is, without waiting",
    "schema": {"type": "string"},
}
_IDEMPOTENCY: Final = {
    **_HEADER,
    "name": "Idempotency-Key",
    "description": "1 to 255 printable characters; a repeated request with the same key has one effect and one answer",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255},
}
_IF_MATCH: Final = {
    **_HEADER,
    "name": "If-Match",
    "description": "The version that you edited; edits of other fields since then merge, edits of the same are a 409",
    "schema": {"type": "string", "examples": ['"3"']},
}
_WRITE_HEADERS: Final = {
    "Duely-Consistency": {"description": "Give it to a read to see what this write made", "schema": {"type": "string"}},
    "ETag": {"description": "The version, for If-Match", "schema": {"type": "string", "examples": ['"3"']}},
}
_LIST_HEADERS: Final = {
    "Duely-Position": {
        "description": "Where /stream?after= continues without a gap",
        "schema": {"type": "integer"},
    }
}
_SECURITY: Final[dict[str, list[dict[str, list[str]]]]] = {"public": [], "account": [{"session": []}]}


def operation(
    operation_id: str,
    access: Access,
    summary: str,
    answer: type[BaseModel] | None,
    *,
    status: int = 200,
    body: type[BaseModel] | None = None,
    body_required: bool = True,
    created: type[BaseModel] | None = None,
    pending: type[BaseModel] | None = None,
    command: bool = False,
    edit: bool = False,
    consistent: bool = False,
    listed: bool = False,
) -> dict[str, Any]:
    """Keywords for FastAPI's route decorators.

    command: takes Idempotency-Key and answers Duely-Consistency; edit: takes If-Match too;
    consistent: reads the read model, so the guard waits for the caller's own writes; listed: answers Duely-Position;
    created: what a 201 answers beside the 200; pending: what a 202 answers when the change is saved, but what it
    makes is not there within 2 s.
    """
    parameters = [
        parameter
        for wanted, parameter in ((command, _IDEMPOTENCY), (edit, _IF_MATCH), (consistent, _CONSISTENCY))
        if wanted
    ]
    headers = (_WRITE_HEADERS if command else {}) | (_LIST_HEADERS if listed else {})
    success: dict[str, Any] = {"description": summary, **({"headers": headers} if headers else {})}
    if answer is not None:
        success["model"] = answer
    extra: dict[str, Any] = {"x-duely-access": access, "parameters": parameters}
    extra["security"] = _SECURITY.get(access, [{"session": []}, {"token": [access]}])
    if body is not None:
        schema = {"$ref": f"#/components/schemas/{body.__name__}"}
        extra["requestBody"] = {"required": body_required, "content": {"application/json": {"schema": schema}}}
    return {
        "operation_id": operation_id,
        "summary": summary,
        "status_code": status,
        "response_model": None,
        "responses": {
            status: success,
            **_others(created, pending),
            **_problems(access, has_body=body is not None, command=command),
        },
        "openapi_extra": extra,
    }


def _others(created: type[BaseModel] | None, pending: type[BaseModel] | None) -> dict[int | str, dict[str, Any]]:
    found = {
        201: ("Created", created),
        202: ("Saved; what it makes comes in a moment", pending),
    }
    return {status: {"description": said, "model": model} for status, (said, model) in found.items() if model}


def _problems(access: Access, *, has_body: bool, command: bool) -> dict[int | str, dict[str, Any]]:
    codes = {400, 401, 403, 404, 422, 429, 503}
    codes |= {413, 415} if has_body else set()
    codes |= {409} if command or access == "public" else set()
    return {code: {"$ref": f"#/components/responses/Problem{code}"} for code in sorted(codes)}
