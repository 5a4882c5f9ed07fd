"""The refusals of a series: codes, words and statuses."""

from actors.recurrence.rule import refused
from actors.replies import Refused
from actors.series.state import MAX_TEMPLATE_BYTES

NOT_FOUND = Refused("series_not_found", "There is no such series.", 404)
DELETED = Refused("series_deleted", "The series of this request was deleted: send a new request for a new one.", 410)
DELETED_FOR_GOOD = Refused("not_undoable", "The deletion of this series cannot be undone: create a new one.", 409)
OVER = Refused("series_over", "The series is over: it was stopped or deleted, or has come to its end.", 409)
PAUSED = Refused("series_paused", "The series is paused: resume it first.", 409)
SLOT_NOT_FOUND = Refused("slot_not_found", "The series has no such slot.", 404)
SLOT_STARTED = Refused("slot_started", "The slot has started already: change its task instead.", 409)
IN_TRASH = Refused("task_in_trash", "The task of that slot is in the trash: restore it first.", 409)
TOO_MANY_SKIPPED = Refused("too_many_skipped", "Too many slots ahead are skipped: pause the series instead.", 422)
TOO_MANY_MOVED = Refused("too_many_moved", "Too many slots ahead are moved: change the rule instead.", 422)
NOTHING_LEFT = refused([("never_yields", "it has no slot after now")])
START_BEFORE_SLOT = Refused(
    "start_before_slot",
    "A series that begins at a slot cannot start before it.",
    422,
    {
        "errors": [
            {"pointer": "/start", "code": "start_before_slot", "detail": "before the slot at which the series begins"}
        ]
    },
)
NO_ROOM = Refused(
    "series_too_large",
    "The template is too large: shorten its description or its checklist.",
    422,
    {"errors": [{"pointer": "", "code": "series_too_large", "detail": f"more than {MAX_TEMPLATE_BYTES} bytes"}]},
)
UNDO_EXPIRED = Refused("undo_expired", "This edit is too old to be undone: more than 30 days or 100 edits.", 409)
