"""etcd of a system's scheduler, spoken to directly: what whoever gets at its port could do."""

import json

import grpc

from tests.support.system import System

# DeleteRangeRequest with key and range_end of one zero byte: from the first key to the last.
_EVERY_KEY = b"\x0a\x01\x00\x12\x01\x00"


def empty(system: System) -> None:
    """Deletes every key."""
    port = json.loads(system.data.ports.read_text())["scheduler_etcd"]
    with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        channel.unary_unary("/etcdserverpb.KV/DeleteRange")(_EVERY_KEY, timeout=10)
