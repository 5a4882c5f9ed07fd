"""The commands of a user, one by one."""

from typing import Any

import pytest
from pydantic import ValidationError

from actors.replies import Accepted, Refused, Unchanged
from actors.user.rules import decide
from actors.user.state import user_json
from tests.fakes.person import NOON, FakePerson

pytestmark = pytest.mark.unit

DEFAULTS = {
    "reminder_offset": None,
    "reminder_offset_minutes": 30,
    "digest_at": None,
    "quiet_hours": None,
    "language": "en",
    "chat_model": True,
}


def registered(person: FakePerson, **body: Any) -> dict[str, Any]:
    decision = decide(None, 0, person.says("RegisterUser", {"email": "ada@example.org", **body}), NOON)
    assert isinstance(decision, Accepted)
    return decision.state


def test_a_user_registers_once_with_defaults() -> None:
    person = FakePerson()
    user = registered(person)
    assert (user["id"], user["zone"], user["defaults"]) == (person.id, "UTC", DEFAULTS)
    again = decide(user, 1, person.says("RegisterUser", {"email": "eve@example.org"}), NOON)
    assert again == Unchanged(user_json(user))


def test_a_profile_is_patched_field_by_field() -> None:
    person = FakePerson()
    user = registered(person, name="Ada")
    decision = decide(user, 1, person.says("PatchUser", {"zone": "Asia/Tokyo", "name": "Ada"}), NOON)
    assert isinstance(decision, Accepted)
    assert decision.events[0]["data"]["changed"] == {"zone": {"old": "UTC", "new": "Asia/Tokyo"}}
    assert (decision.state["version"], decision.wake) == (2, None)
    none = decide(decision.state, 2, person.says("PatchUser", {"defaults": {"reminder_offset_minutes": None}}), NOON)
    assert isinstance(none, Accepted)
    assert none.state["defaults"] == DEFAULTS | {"reminder_offset_minutes": None}
    assert isinstance(decide(user, 1, person.says("PatchUser", {"zone": "UTC"}), NOON), Unchanged)


def test_one_form_of_the_default_reminder_clears_the_other() -> None:
    person = FakePerson()
    user = registered(person)
    for given, minutes, offset in [
        ({"reminder_offset": "-P01D"}, None, "-P1D"),
        ({"digest_at": "08:00"}, None, "-P1D"),
        ({"reminder_offset": None}, None, None),
        ({"reminder_offset_minutes": 15, "reminder_offset": None}, 15, None),
        ({"reminder_offset": "PT11H", "reminder_offset_minutes": None}, None, "PT11H"),
        ({"reminder_offset_minutes": None}, None, None),
    ]:
        decision = decide(user, 1, person.says("PatchUser", {"defaults": given}), NOON)
        assert isinstance(decision, Accepted)
        user = decision.state
        defaults = user["defaults"]
        assert (defaults["reminder_offset_minutes"], defaults["reminder_offset"]) == (minutes, offset), given
    with pytest.raises(ValidationError):
        person.says("PatchUser", {"defaults": {"reminder_offset": "-P1D", "reminder_offset_minutes": 15}})


def test_a_deleted_user_leaves_an_id_and_does_not_come_back() -> None:
    person = FakePerson()
    decision = decide(registered(person, name="Ada"), 1, person.says("DeleteUser"), NOON)
    assert isinstance(decision, Accepted)
    stone = decision.state
    assert (stone["email"], stone["name"], stone["defaults"]) == ("", "", {})
    assert decision.events[0]["type"] == "user.deleted"
    assert decision.events[0]["data"]["user_id"] == person.id
    assert isinstance(decide(stone, 2, person.says("RegisterUser", {"email": "ada@example.org"}), NOON), Unchanged)
    gone = decide(stone, 2, person.says("PatchUser", {"name": "Ada"}), NOON)
    assert isinstance(gone, Refused)
    assert gone == decide(None, 0, person.says("PatchUser", {"name": "Ada"}), NOON)
    assert gone == decide(registered(person), 1, FakePerson().says("PatchUser", {"name": "Eve"}), NOON)
