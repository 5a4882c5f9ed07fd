"""Conversations: listed, read with all that was said, renamed, forgotten; and the run of one stopped."""

from typing import Annotated, Final

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from host.store.read_model import conversation_queries
from web.act import CONVERSATION, Act, Done
from web.api.conversations import models
from web.api.conversations.bodies import PatchConversation
from web.api.conversations.shown import conversation_json, item_json
from web.api.edge.acting import act_of
from web.api.edge.answers import answer, no_content
from web.api.edge.guard import GuardedRoute
from web.api.edge.ids import ConversationId
from web.api.edge.operation import operation
from web.api.edge.paging import Paged, cursor_after, opened_cursor, page_json
from web.api.edge.reading import read_body
from web.problems import not_found
from web.tools.chat.runs import Runs, stored

router: Final = APIRouter(prefix="/api/v1/conversations", tags=["chat"], route_class=GuardedRoute)


@router.get(
    "", **operation("list_conversations", "read", "List my conversations", models.ConversationPage, consistent=True)
)
async def list_(request: Request, query: Annotated[Paged, Query()]) -> Response:
    act = act_of(request)
    after = opened_cursor(act, query)
    async with act.db.snapshot() as connection:
        listed = await conversation_queries.listed(connection, act.user_id, query.per_page, query.offset, after)
    page = page_json(query, [*map(item_json, listed.items)], listed.total, cursor_after(act, query, listed.last))
    return answer(page)


@router.get("/{conversation_id}", **operation("get_conversation", "read", "Read a conversation", models.Conversation))
async def get(request: Request, conversation_id: ConversationId) -> Response:
    return answer(await _shown(act_of(request), conversation_id))


@router.patch(
    "/{conversation_id}",
    **operation(
        "patch_conversation",
        "write",
        "Give a conversation another title",
        models.Conversation,
        body=PatchConversation,
        command=True,
    ),
)
async def patch(request: Request, conversation_id: ConversationId) -> Response:
    body = await read_body(request, PatchConversation)
    act = act_of(request)
    await act.send(CONVERSATION, conversation_id, act.command("RenameConversation", body.model_dump()))
    return answer(await _shown(act, conversation_id))


@router.delete(
    "/{conversation_id}",
    **operation("delete_conversation", "write", "Forget a conversation", None, status=204, command=True),
)
async def delete(request: Request, conversation_id: ConversationId) -> Response:
    """Leaves nothing of what was said in the conversation; the changes that were made stay."""
    act = act_of(request)
    reply = await act.send(CONVERSATION, conversation_id, act.command("ForgetConversation"))
    return no_content(act, Done({}, [(conversation_id, reply.version)]))


@router.post(
    "/{conversation_id}/stop",
    **operation("stop_conversation", "write", "Stop the answer under way", models.Conversation, command=True),
)
async def stop(request: Request, conversation_id: ConversationId) -> Response:
    """Ends the run after the call that is under way; without a run it changes nothing."""
    act = act_of(request)
    runs = request.scope["app"].state.runs
    assert isinstance(runs, Runs)  # noqa: S101
    await runs.stop(act, conversation_id)
    return answer(await _shown(act, conversation_id))


async def _shown(act: Act, conversation_id: str) -> dict[str, object]:
    state = await stored(act, conversation_id)
    if state is None:
        raise not_found("conversation")
    return conversation_json(state)
