"""The refusals of a series: codes, words and statuses."""

from actors.recurrence.rule import refused
from actors.replies import Refused
from actors.series.state import MAX_TEMPLATE_BYTES

NOT_FOUND = Refused("series_not_found", "There is no such series.", 404)
OVER = Refused("series_over", "The series is over: it was stopped, deleted, or has come to its end.", 409)
PAUSED = Refused("series_paused", "The series is paused: resume it first.", 409)
SLOT_NOT_FOUND = Refused("slot_not_found", "The series has no such slot.", 404)
SLOT_STARTED = Refused("slot_started", "The slot has started already: its task is one of its own.", 409)
IN_TRASH = Refused("task_in_trash", "The task of that slot is in the trash: restore it first.", 409)
TOO_MANY_SKIPPED = Refused("too_many_skipped", "So many slots ahead cannot be skipped: pause the series.", 422)
TOO_MANY_MOVED = Refused("too_many_moved", "So many slots ahead cannot be moved: change the rule.", 422)
NOTHING_LEFT = refused([("never_yields", "it has no slot after now")])
START_BEFORE_SLOT = Refused(
    "start_before_slot",
    "What begins at a slot cannot start before it.",
    422,
    {"errors": [{"pointer": "/start", "code": "start_before_slot", "detail": "before the slot it is to begin at"}]},
)
NO_ROOM = Refused(
    "series_too_large",
    "What is to be made each time is too large: shorten its description or its checklist.",
    422,
    {"errors": [{"pointer": "", "code": "series_too_large", "detail": f"more than {MAX_TEMPLATE_BYTES} bytes"}]},
)
