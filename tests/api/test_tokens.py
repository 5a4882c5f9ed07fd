"""Access tokens: what they may, and for how long."""

import httpx
import pytest

from tests.fakes.world import PASSWORD, World

pytestmark = pytest.mark.api
ME, AUTH = "/api/v1/me", "/api/v1/auth"


async def test_a_token_that_may_write_may_read(here: World, ada: httpx.AsyncClient) -> None:
    made = await ada.post("/api/v1/tokens", json={"name": "x", "scopes": ["write"]})
    assert made.json()["scopes"] == ["read", "write"]
    async with here.db.raw() as connection:  # one that an early release made
        await connection.execute("UPDATE tokens SET scopes = '{write}'")
    old = here.client(authorization=f"Bearer {made.json()['token']}")
    assert (await old.post("/api/v1/tasks", json={"title": "Mine"})).status_code == 201
    assert (await old.get("/api/v1/tasks")).json()["total"] == 1
    assert (await ada.get("/api/v1/tokens")).json()["items"][0]["scopes"] == ["read", "write"]


async def test_a_token_works_within_its_scopes_and_time(here: World, ada: httpx.AsyncClient) -> None:
    reader, writer = await here.script(ada, "read"), await here.script(ada, "write", "read")
    assert (await reader.get("/api/v1/tasks")).status_code == 200
    assert (await reader.post("/api/v1/tasks", json={"title": "x"})).json()["code"] == "scope_missing"
    assert (await writer.post("/api/v1/tasks", json={"title": "x"})).status_code == 201
    # A token can make no tokens, change no password and end no session.
    for method, path in (("POST", "/api/v1/tokens"), ("GET", f"{AUTH}/sessions"), ("POST", f"{AUTH}/logout")):
        assert (await writer.request(method, path, json={})).json()["code"] == "needs_login"
    made = await ada.post("/api/v1/tokens", json={"name": "short", "scopes": ["read"], "expires_in_days": 1})
    short = here.client(authorization=f"Bearer {made.json()['token']}")
    assert (await short.get(ME)).status_code == 200
    here.clock.move(days=2)
    here.app.state.duely.credentials.forget_user(ada.headers["x-user-id"])
    assert (await short.get(ME)).status_code == 401


async def test_a_token_is_shown_once_and_revoked_at_once(here: World, ada: httpx.AsyncClient) -> None:
    made = (await ada.post("/api/v1/tokens", json={"name": "Script", "scopes": ["read", "agent"]})).json()
    agent = here.client(authorization=f"Bearer {made['token']}")
    task = (await agent.post("/api/v1/tasks", json={"title": "By an agent"})).json()
    entry = (await ada.get(f"/api/v1/tasks/{task['id']}/activity")).json()["items"][-1]
    assert (entry["cause"]["kind"], entry["cause"]["id"]) == ("agent", made["id"])
    listed = (await ada.get("/api/v1/tokens")).json()["items"][0]
    assert "token" not in listed
    assert made["token"].startswith(listed["prefix"])
    assert listed["last_used_at"] is not None
    assert (await ada.delete(f"/api/v1/tokens/{made['id']}")).status_code == 204
    assert (await agent.get(ME)).status_code == 401


async def test_secrets_are_not_in_the_database(here: World, ada: httpx.AsyncClient) -> None:
    made = (await ada.post("/api/v1/tokens", json={"name": "Script", "scopes": ["read"]})).json()
    async with here.db.raw() as connection:
        kept = str(
            [
                await connection.fetch(query)
                for query in ("SELECT * FROM accounts", "SELECT * FROM sessions", "SELECT * FROM tokens")
            ]
        )
    assert not any(secret in kept for secret in (PASSWORD, ada.cookies["duely"], made["token"]))
    assert "$argon2id$" in kept
