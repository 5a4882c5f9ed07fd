"""From a request at /mcp to the use of a tool."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from starlette.requests import Request

from actors.commands import Cause
from web.api.edge.acting import act_of, command_id_of
from web.problems import ProblemError
from web.tools.tool import Use

# In `_meta` of a call, for clients that cannot set headers for each call. The id of a JSON-RPC request is no such key:
# every client begins to count anew.
KEY: Final = "duely/idempotency-key"


def use_of(request: Request, meta: Mapping[str, Any]) -> Use:
    """Returns the use that the request asks for; the same key, in `_meta` or the header Idempotency-Key, is the same use."""
    act = act_of(request)
    key = meta.get(KEY)
    if key is not None:
        if not isinstance(key, str):
            raise ProblemError(400, "bad_idempotency_key", f"Send a text as `{KEY}`.")
        act = replace(act, command_id=command_id_of(key, act.user_id))
    return Use(replace(act, cause=Cause("tool", act.command_id)))
