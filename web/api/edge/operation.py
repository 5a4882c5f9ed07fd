"""What a route declares for the guard and for OpenAPI: who may use it, its id, its body and its answers."""

from typing import Any, Final, Literal

from pydantic import BaseModel

Access = Literal["public", "read", "write", "account"]

PROBLEMS: Final = {
    400: "Malformed: not JSON, or a cursor or consistency token that this server did not make",
    401: "No valid session or token",
    403: "Not allowed: a request from another site, a missing scope, a quota, or closed sign-up",
    404: "Does not exist, or belongs to another user",
    409: "Conflicts with the current state",
    410: "Deleted permanently",
    413: "Longer than 256 KB",
    415: "Not application/json",
    422: "Well-formed but not valid; `errors` says where",
    429: "Too many requests; see Retry-After",
    503: "A service that Duely needs is down or behind; see Retry-After",
}
_HEADER = {"in": "header", "required": False}
_CONSISTENCY: Final = {
    **_HEADER,
    "name": "Duely-Consistency",
    "description": "A read waits until it shows everything you did before it. Send the value that a write returned to wait "
    "for what that write made, too; send `eventual` to read without waiting",
    "schema": {"type": "string"},
}
_IDEMPOTENCY: Final = {
    **_HEADER,
    "name": "Idempotency-Key",
    "description": "1 to 255 printable characters; repeated requests with the same key have one effect and one answer",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255},
}
_IF_MATCH: Final = {
    **_HEADER,
    "name": "If-Match",
    "description": "The version that you edited; later edits of other fields are merged, later edits of the same field are a 409",
    "schema": {"type": "string", "examples": ['"3"']},
}
_IF_UNCHANGED: Final = {
    **_IF_MATCH,
    "description": "The version that you saw; if anything was changed since, the answer is a 409",
}
_WRITE_HEADERS: Final = {
    "Duely-Consistency": {
        "description": "Send it with a read to see what this write made",
        "schema": {"type": "string"},
    },
    "ETag": {"description": "The version, for If-Match", "schema": {"type": "string", "examples": ['"3"']}},
}
_LIST_HEADERS: Final = {
    "Duely-Position": {
        "description": "The position to give /stream as `after`, to continue without a gap",
        "schema": {"type": "integer"},
    }
}
# What the document writes once, by the names that it has there.
SHARED_PARAMETERS: Final = {
    "Consistency": _CONSISTENCY,
    "IdempotencyKey": _IDEMPOTENCY,
    "IfMatch": _IF_MATCH,
    "IfUnchanged": _IF_UNCHANGED,
}
SHARED_HEADERS: Final = {**_WRITE_HEADERS, **_LIST_HEADERS}
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
    whole: bool = False,
    consistent: bool = False,
    listed: bool = False,
    conflicts: bool = False,
    gone: bool = False,
) -> dict[str, Any]:
    """Returns the keywords for FastAPI's route decorators.

    `command`: the route takes Idempotency-Key and answers Duely-Consistency; `edit`: it takes If-Match and merges with
    later edits of other fields; `whole`: it takes If-Match and refuses after any later change. Every other write refuses
    that header. `conflicts`: it answers 409 though it is no command; `gone`: it
    answers 410 for what was deleted permanently.
    `consistent`: it reads the read model, so the guard waits for the caller's own writes.
    `listed`: it answers Duely-Position. `created`: the model of a 201 beside the 200.
    `pending`: the model of a 202, for a change that is saved while what it makes is not there within 2 s.
    """
    parameters = [
        parameter
        for wanted, parameter in (
            (command, _IDEMPOTENCY),
            (edit, _IF_MATCH),
            (whole, _IF_UNCHANGED),
            (consistent, _CONSISTENCY),
        )
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
            **_problems(access, has_body=body is not None, conflicts=conflicts or command, gone=gone),
        },
        "openapi_extra": extra,
    }


def _others(created: type[BaseModel] | None, pending: type[BaseModel] | None) -> dict[int | str, dict[str, Any]]:
    answers = {
        201: ("Created", created),
        202: ("Saved; what it makes follows in a moment", pending),
    }
    return {status: {"description": about, "model": model} for status, (about, model) in answers.items() if model}


def _problems(access: Access, *, has_body: bool, conflicts: bool, gone: bool) -> dict[int | str, dict[str, Any]]:
    codes = {400, 401, 403, 404, 422, 429, 503}
    codes |= {413, 415} if has_body else set()
    codes |= {410} if gone else set()
    codes |= {409} if conflicts or access == "public" else set()
    return {code: {"$ref": f"#/components/responses/Problem{code}"} for code in sorted(codes)}
