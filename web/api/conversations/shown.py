"""Conversations as the API shows them."""

from actors.clock import instant_text
from actors.replies import Json
from host.store.read_model.conversation_queries import ConversationRow


def item_json(row: ConversationRow) -> Json:
    return {
        "id": row.id,
        "title": row.title,
        "messages": row.messages,
        "run_state": row.run_state,
        "created_at": instant_text(row.created_at),
        "updated_at": instant_text(row.updated_at),
    }


def conversation_json(state: Json) -> Json:
    """Returns the stored state of a conversation, without what only its runs need."""
    run = state["run"]
    return {
        **{name: state[name] for name in ("id", "title", "created_at", "updated_at")},
        "messages": [message_json(message) for message in state["messages"]],
        "run": run and {name: run[name] for name in ("id", "state", "began_at")},
    }


def message_json(message: Json) -> Json:
    said = {name: message[name] for name in ("id", "role", "text", "at", "run_id")}
    if message["role"] == "person":
        return said
    return said | {
        "state": message["state"],
        "kind": message["kind"],
        "change_set": message["run_id"] if message["changed"] else None,
        "tool_calls": message["calls"],
        "task_ids": message["tasks"],
    }
