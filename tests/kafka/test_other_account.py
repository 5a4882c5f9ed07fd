"""What the broker tells a program that has no password: its versions, and nothing else."""

import socket
import struct

import pytest

from tests.kafka.broker import TestBroker

pytestmark = pytest.mark.kafka

_VERSIONS, _METADATA = 18, 3


def _request(kind: int, body: bytes = b"") -> bytes:
    message = struct.pack(">hhih", kind, 0, 7, -1) + body
    return struct.pack(">i", len(message)) + message


def _answered(port: int, request: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", port), 5) as connection:
        connection.settimeout(5)
        connection.sendall(request)
        try:
            return connection.recv(65_536)
        except ConnectionError:
            return b""


async def test_without_the_password_no_topic_is_named(broker: TestBroker) -> None:
    for port in (broker.kafka.port, broker.kafka.controller_port):
        assert _answered(port, _request(_VERSIONS)), "it is a broker"
        assert _answered(port, _request(_METADATA, struct.pack(">i", 0))) == b""


async def test_only_its_owner_reads_the_password(broker: TestBroker) -> None:
    for file in (broker.kafka.folder / "server.properties", broker.kafka.folder.parent / "password"):
        assert file.stat().st_mode & 0o777 == 0o600
