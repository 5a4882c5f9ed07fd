"""The ports: what each of them answers, to whom, and from where."""

import asyncio
import ipaddress
import stat
from pathlib import Path
from uuid import uuid4

import httpx
import psutil
import pytest

from actors.commands import Principal, build_command
from host.keys.command_keys import signatures_from
from host.runner.folder import DataFolder
from tests.fakes.signing import signatures
from tests.support.client import Caller, signed_up
from tests.support.system import System

pytestmark = pytest.mark.live

PRIVATE_PATHS = (
    "/actors/TaskActor/5f0f34f0-6a2c-4a3c-8f0a-2d9a0e7b7c10/method/turn",
    "/actors/TaskActor/5f0f34f0-6a2c-4a3c-8f0a-2d9a0e7b7c10/method/remind/wake",
    "/actors/TaskActor/5f0f34f0-6a2c-4a3c-8f0a-2d9a0e7b7c10",
    "/dapr/config",
    "/dapr/subscribe",
    "/job/archive",
    "/healthz",
    "/v1.0/actors/TaskActor/5f0f34f0-6a2c-4a3c-8f0a-2d9a0e7b7c10/method/turn",
    "/v1.0/state/actor-state",
)


@pytest.mark.parametrize("path", PRIVATE_PATHS)
async def test_the_public_port_knows_no_route_of_actors_or_of_the_sidecar(system: System, path: str) -> None:
    async with Caller(system.url) as stranger:
        for method in ("GET", "PUT", "POST", "DELETE"):
            answer = await stranger.http.request(method, f"{system.url}{path}", json={})
            assert answer.status_code in {404, 405}, f"{method} {path} answers {answer.status_code}"


async def test_the_ports_between_host_and_sidecar_refuse_a_stranger_without_a_token(system: System) -> None:
    running = system.data.require_running()
    async with Caller(system.url) as stranger:
        path = f"http://127.0.0.1:{running.app_port}{PRIVATE_PATHS[0]}"
        answer = await stranger.http.put(path, json={})
        assert answer.status_code in {401, 403}
        answer = await stranger.http.get(f"http://127.0.0.1:{running.dapr_http_port}/v1.0/metadata")
        assert answer.status_code in {401, 403}


async def test_whoever_has_the_sidecars_token_can_still_say_nothing_to_an_actor(system: System, person: Caller) -> None:
    """As through any door of Dapr that somebody left open: what is missing is the gateway's signature."""
    told = system.data.noted_running()
    assert told is not None
    task = await person.create("Mine")
    command = build_command(
        "PatchTask",
        {"title": "Theirs"},
        id=str(uuid4()),
        principal=Principal("user", person.user_id, person.user_id),
        correlation_id="of a stranger",
        zone="UTC",
    ).to_wire()
    other_key = signatures().sign("TaskActor", task["id"], command)
    url = f"http://127.0.0.1:{told.dapr_http_port}/v1.0/actors/TaskActor/{task['id']}/method"
    async with httpx.AsyncClient(headers={"dapr-api-token": told.api_token}) as stranger:
        for wire, fault in ((command, "unsigned"), (other_key, "unknown key"), (None, "unsigned")):
            answer = await stranger.put(f"{url}/turn", json=wire)
            assert (answer.status_code, answer.json()) == (200, {"ok": False, "unsigned": fault})
        for _ in range(100):
            for method in ("tick", "arm", "ping"):
                assert (await stranger.put(f"{url}/{method}")).status_code == 200
        signed = signatures_from(Path(told.command_keys)).sign("TaskActor", task["id"], command)
        before = await person.task(task["id"])
        assert before == task
        assert (await stranger.put(f"{url}/turn", json=signed)).json()["ok"], "the same, signed"
    async with httpx.AsyncClient(base_url=system.inner_url, headers=system.inner_headers) as watcher:
        metrics = (await watcher.get("/metrics")).text
        assert 'commands_refused_total{fault="unsigned"} 2.0' in metrics
        assert (await watcher.get("/health/ready")).json()["parts"]["commands"] == "ok", "no stranger makes it red"


def test_the_key_of_commands_is_in_its_file_alone(system: System) -> None:
    told = system.data.noted_running()
    assert told is not None
    file = Path(told.command_keys)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    key = file.read_text().strip()
    for process in [system.runner, *system.runner.children(recursive=True)]:
        assert key not in " ".join([*process.cmdline(), *process.environ().values()]), process.name()
    assert not [log for log in system.data.logs.glob("*.log") if key in log.read_text(errors="replace")]


async def test_everything_listens_on_this_machine_alone(system: System) -> None:
    system.part("host")
    beyond = []
    for process in [system.runner, *system.runner.children(recursive=True)]:
        for connection in process.net_connections("tcp"):
            listens = connection.status == psutil.CONN_LISTEN
            if listens and not ipaddress.ip_address(connection.laddr.ip).is_loopback:
                beyond.append(f"{process.name()} on {connection.laddr.ip}:{connection.laddr.port}")
    assert beyond == []


async def test_readiness_names_each_part_and_metrics_are_there_with_the_token(system: System) -> None:
    async with httpx.AsyncClient(base_url=system.inner_url, headers=system.inner_headers) as watcher:
        ready = (await watcher.get("/health/ready")).json()
        assert ready["parts"].keys() >= {"database", "sidecar", "placement", "broker"}
        assert (ready["status"], ready["parts"]["broker"]) == ("ready", "none")
        metrics = (await watcher.get("/metrics")).text
        assert "http_requests_total" in metrics
        assert "outbox_pending" in metrics
        assert 'route="/health/ready",status="200"' in metrics


async def test_no_port_tells_a_stranger_the_parts_of_readiness(system: System) -> None:
    async with httpx.AsyncClient() as stranger:
        assert (await stranger.get(f"{system.url}/health/ready")).json() == {"status": "ready"}
        assert (await stranger.get(f"{system.url}/metrics")).status_code == 404
        for path in ("/health/ready", "/metrics"):
            assert (await stranger.get(f"{system.inner_url}{path}")).status_code == 401
        for url in (system.url, system.inner_url):
            assert (await stranger.get(f"{url}/health/live")).json() == {"status": "ok"}
    token = DataFolder(system.data.path).run / "inner-token"
    assert stat.S_IMODE(token.stat().st_mode) == 0o600


async def test_readiness_says_which_part_is_gone_and_the_page_stays_alive(system: System) -> None:
    old = system.kill("daprd")
    async with httpx.AsyncClient(headers=system.inner_headers) as watcher:
        seen: dict[str, str] = {}
        for _ in range(200):
            answer = await watcher.get(f"{system.inner_url}/health/ready")
            if answer.status_code == 503:
                seen = answer.json()["parts"]
                break
            await asyncio.sleep(0.02)
        assert seen, "ready although the sidecar was killed"
        assert (seen["database"], seen["sidecar"] != "ok") == ("ok", True)
        assert (await watcher.get(f"{system.url}/health/live")).status_code == 200
    await asyncio.to_thread(system.until_restarted, "daprd", old)


async def test_one_user_gets_the_same_answer_for_anothers_task_as_for_none(system: System, person: Caller) -> None:
    task = await person.create("Mine", id=str(uuid4()))
    async with signed_up(system.url) as other:
        for method, path, body in (
            ("GET", "", None),
            ("PATCH", "", {"title": "Yours"}),
            ("DELETE", "", None),
            ("POST", "/complete", None),
            ("POST", "/purge", None),
            ("GET", "/activity", None),
        ):
            answers = [
                await other.call(method, f"/tasks/{task_id}{path}", body, expect=404)
                for task_id in (task["id"], "5f0f34f0-6a2c-4a3c-8f0a-2d9a0e7b7c10")
            ]
            assert answers[0] == answers[1]
        taken = await other.call("POST", "/tasks", {"id": task["id"], "title": "Mine too"}, expect=409)
        assert (taken["code"], "task" in taken, "Mine" in str(taken)) == ("id_taken", False, False)
    assert await person.task(task["id"]) == task
