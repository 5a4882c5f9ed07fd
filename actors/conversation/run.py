"""What may happen to the run of a conversation: it is claimed, records what it does, is stopped, and ends. Pure.

Only its holder writes into a run. The hold is a lease: who holds a run says so again in time, or somebody else may take it.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from actors.clock import instant_text
from actors.commands import Command
from actors.conversation.state import ConversationState, Message, Record, Run
from actors.replies import Json, Refused

LEASE: Final = timedelta(seconds=30)
NOBODY: Final = ""  # holds a run from its message to the first claim
_LANGUAGE: Final = "en"

ENDED: Final = Refused("run_ended", "This run has ended.", 409)
TAKEN: Final = Refused("run_taken", "Another process holds this run.", 409)
STOPPING: Final = Refused("run_stopping", "The person has stopped this run: end it.", 409)
FULL: Final = Refused(
    "conversation_full", "This is more than a conversation can hold; say it in smaller parts, or begin a new one.", 422
)
GAP: Final = Refused("record_gap", "The record before this one is missing.", 409)


def begun(command: Command, now: datetime) -> Run:
    """Returns the run that a message begins."""
    body, principal = command.body, command.principal
    return {
        "id": body["run_id"],
        "message_id": body["message_id"],
        "state": "running",
        "began_at": instant_text(now),
        "zone": command.zone,
        "language": command.defaults.get("language", _LANGUAGE),
        "caller": {"kind": principal.kind, "id": principal.id, "scopes": body["scopes"]},
        "confirmed": body.get("confirmed", False),
        "holder": NOBODY,
        "leased_until": instant_text(now + LEASE),
        "records": [],
    }


def held(state: ConversationState, body: Mapping[str, str]) -> Run | Refused:
    """Returns the run, if it goes on and the body's holder has it."""
    run = state["run"]
    if run is None or run["id"] != body["run_id"]:
        return ENDED
    return run if run["holder"] == body["holder"] else TAKEN


def claimed(state: ConversationState, command: Command, now: datetime) -> Run | Refused:
    """Returns the run in the hands of whoever asks, which its holder may always do, and others after the lease."""
    run = state["run"]
    if run is None or run["id"] != command.body["run_id"]:
        return ENDED
    holder = command.body["holder"]
    if run["holder"] not in {NOBODY, holder} and run["leased_until"] > instant_text(now):
        return TAKEN
    return {**run, "holder": holder, "leased_until": instant_text(now + LEASE)}


def recorded(run: Run, command: Command, now: datetime) -> Run | Refused:
    """Returns the run with one more record. While it is stopping, only the result of what is under way is taken."""
    body = command.body
    if body["index"] > len(run["records"]):
        return GAP
    if run["state"] == "stopping" and body["kind"] != "result":
        return STOPPING
    before = run["records"]
    if body["kind"] == "result" and before and before[-1]["kind"] == "plan":
        before = [*before[:-1], _without_plan(before[-1])]
    record: Record = {"kind": body["kind"], "value": body["value"]}
    return {**run, "records": [*before, record], "leased_until": instant_text(now + LEASE)}


def _without_plan(record: Record) -> Record:
    """Returns the record of a call without its steps, which nobody needs once its result is there."""
    return {**record, "value": {name: value for name, value in record["value"].items() if name != "plan"}}


def answered(run: Run, body: Json, now_text: str) -> Message:
    """Returns the message with which the run ends."""
    return {
        "id": run["id"],
        "role": "assistant",
        "text": body["text"],
        "at": now_text,
        "run_id": run["id"],
        "state": body["state"],
        "kind": body["kind"],
        "tasks": body.get("tasks", []),
        "calls": body.get("calls", []),
        "changed": body.get("changed", False),
        "usage": body.get("usage", {}),
    }
