"""One of each of a person's things, all marked, so that a mark in somebody else's answer is a leak."""

from datetime import timedelta

import httpx

from tests.fakes.world import PASSWORD, World

MARK = "zebra"  # in each text of a marked person
EMAIL = f"{MARK}@example.org"


async def belongings(here: World, ada: httpx.AsyncClient, email: str = EMAIL) -> dict[str, str]:
    """Gives the person one of each thing; returns the ids by the names that paths and bodies have for them."""
    due = here.clock.now() + timedelta(minutes=10)
    body = {
        "title": f"A {MARK}",
        "description": f"of a {MARK}",
        "tags": [f"tag-{MARK}"],
        "checklist": [{"text": f"Feed the {MARK}"}],
        "due": {"local": f"{due:%Y-%m-%dT%H:%M}", "zone": "UTC"},
        "reminders": [{"offset_minutes": 5}],
        "recurrence": {"rule": "FREQ=DAILY"},
    }
    task = (await ada.post("/api/v1/tasks", json=body)).json()
    await ada.patch(f"/api/v1/tasks/{task['id']}", json={"title": f"Another {MARK}"})
    here.clock.move(minutes=5)
    await here.actors.tick("TaskActor", task["id"])
    activity = (await ada.get("/api/v1/activity", params={"type": "task.updated"})).json()["items"]
    await ada.post(
        "/api/v1/tasks/bulk", json={"action": "set_priority", "ids": [task["id"]], "args": {"priority": "low"}}
    )
    other = here.client(**{"user-agent": MARK})
    assert (await other.post("/api/v1/auth/login", json={"email": email, "password": PASSWORD})).status_code == 200
    sessions = (await ada.get("/api/v1/auth/sessions")).json()["items"]
    token = {"name": f"Token of a {MARK}", "scopes": ["read"]}
    return {
        "task_id": task["id"],
        "series_id": task["series_id"],
        "slot": task["occurrence"]["slot"],
        "reminder_id": task["reminders"][0]["id"],
        "tag": f"tag-{MARK}",
        "change_set_id": (await ada.get("/api/v1/change-sets")).json()["items"][0]["id"],
        "position": str(activity[0]["id"]),
        "notification_id": (await ada.get("/api/v1/notifications")).json()["items"][0]["id"],
        "token_id": (await ada.post("/api/v1/tokens", json=token)).json()["id"],
        "session_id": next(session["id"] for session in sessions if not session["current"]),
    }


def made_up(ids: dict[str, str]) -> dict[str, str]:
    """Returns ids of the same shapes that nothing has."""
    last = {name: value[:-6] + "abcdef" for name, value in ids.items()}
    return {**last, "slot": ids["slot"], "position": "987654321"}
