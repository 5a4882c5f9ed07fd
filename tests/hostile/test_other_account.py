"""What another account of this machine gets on every port on which the system listens."""

import asyncio
import os
import shutil
import socket
from dataclasses import replace

import pytest

from tests.support.listeners import Door, asked_by_another_account, doors
from tests.support.system import System

pytestmark = [
    pytest.mark.hostile,
    pytest.mark.timeout(180),
    pytest.mark.skipif(os.geteuid() != 0 or not shutil.which("setpriv"), reason="only root can be another account"),
]

DAPR = ("daprd", "placement", "scheduler")
HTTP_1 = b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"
# How gRPC begins: the preface of HTTP/2 and empty settings. A server that serves the caller answers with its own.
HTTP_2 = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes([0, 0, 0, 4, 0, 0, 0, 0, 0])


def asked(path: str, method: str = "GET") -> bytes:
    return f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode()


def answer(door: Door, sent: bytes, source: str = "") -> bytes:
    """What our own account is answered at first."""
    with socket.create_connection((door.host, door.port), 3, (source, 0) if source else None) as connection:
        connection.settimeout(3)
        connection.sendall(sent)
        try:
            return connection.recv(65_536)
        except OSError:
            return b""


def test_dapr_and_etcd_answer_no_other_account_a_byte(system: System) -> None:
    ours = [door for door in doors(system) if door.process in DAPR]
    assert {door.process for door in ours} == set(DAPR)
    answered = [door for door in ours for sent in (HTTP_1, HTTP_2) if answer(door, sent)]
    assert len(set(answered)) >= 10, "the same bytes are answered to our own account"
    told = {
        (door, sent): got
        for door in ours
        for sent in (HTTP_1, HTTP_2, asked("/v1.0/metadata"), asked("/v1.0/shutdown", "POST"))
        if (got := asked_by_another_account(door, sent))
    }
    assert told == {}


@pytest.mark.parametrize("host", ["127.0.0.1", "::ffff:127.0.0.1"])
@pytest.mark.parametrize("source", ["", "127.0.0.2", "its own address"])
def test_no_other_way_to_the_same_port_helps(system: System, host: str, source: str) -> None:
    """An address of IPv6 that means the same, another one of loopback, the machine's own in its network."""
    placement = next(door for door in doors(system) if door.process == "placement" and answer(door, HTTP_2))
    door = replace(placement, host=host)
    source = own_address() if source == "its own address" else source
    if source and ":" in host:
        source = f"::ffff:{source}"
    assert asked_by_another_account(door, HTTP_2, source) == b""
    assert answer(door, HTTP_2, source), "our own account is served there"


def own_address() -> str:
    """An address of this machine that is not loopback, or one that is where it has no other."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # sends nothing
        except OSError:
            return "127.0.0.3"
        return str(probe.getsockname()[0])


def test_every_door_is_one_that_we_know_and_our_own_tell_a_stranger_nothing(system: System) -> None:
    """The public port is for everybody; the app port and the inner port ask for a token. PostgreSQL has no port."""
    running = system.data.noted_running()
    assert running is not None
    app = running.app_port
    inner = int(system.inner_url.rpartition(":")[2])
    others = {door.port: door for door in doors(system) if door.process not in DAPR}
    assert others.keys() == {system.port, app, inner}
    for path, status in (("/healthz", b"200"), ("/dapr/config", b"403"), ("/actors/TaskActor/x/method/turn", b"403")):
        assert asked_by_another_account(others[app], asked(path, "PUT")).split()[1] == status
    for path, status in (("/health/live", b"200"), ("/health/ready", b"401"), ("/metrics", b"401")):
        assert asked_by_another_account(others[inner], asked(path)).split()[1] == status


def test_a_flood_of_another_account_costs_our_own_nothing_that_can_be_felt(system: System) -> None:
    """Its connections are taken and closed one after the other; ours among them are served as before."""
    door = next(door for door in doors(system) if door.process == "placement" and answer(door, HTTP_2))
    flood = "import socket\nfor _ in range(2000):\n socket.create_connection(('%s', %d)).close()\n"
    command = [
        *("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"),
        *("/usr/bin/python3", "-I", "-S", "-c", flood % (door.host, door.port)),
    ]

    async def served_meanwhile() -> int:
        process = await asyncio.create_subprocess_exec(*command, cwd="/")
        served = 0
        while process.returncode is None:
            assert await asyncio.to_thread(answer, door, HTTP_2)
            served += 1
            await asyncio.sleep(0.01)
        assert process.returncode == 0
        return served

    assert asyncio.run(served_meanwhile()) > 0
    log = (system.data.logs / "placement.log").read_text()
    refused = [line for line in log.splitlines() if "Refused a connection" in line]
    assert 1 <= len(refused) <= 60, "a line a second at most"
    assert "account 65534" in refused[0]
