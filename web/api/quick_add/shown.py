"""What a line says, as the API shows it."""

from actors.replies import Json
from web.api.quick_add.reading import Read, sentence_of

_FIELDS = ("due", "priority", "reminders", "recurrence")


def reading_json(found: Read, zone: str) -> Json:
    return {
        "title": found.title,
        **{name: found.fields.get(name) for name in _FIELDS},
        "tags": found.fields.get("tags", []),
        "list": found.list,
        "sentence": sentence_of(found.fields, zone),
        "spans": [span._asdict() for span in found.spans],
    }
