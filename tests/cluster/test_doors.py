"""What another account of this machine gets on the ports of several processes of each role."""

import json
import os
import shutil

import pytest

from tests.support.cluster import REPLICAS, WEBS, Cluster
from tests.support.listeners import asked_by_another_account, doors

pytestmark = [
    pytest.mark.cluster,
    pytest.mark.timeout(120),
    pytest.mark.skipif(os.geteuid() != 0 or not shutil.which("setpriv"), reason="only root can be another account"),
]

METRICS = b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"
# The preface of HTTP/2 and empty settings: how gRPC begins.
GRPC = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes([0, 0, 0, 4, 0, 0, 0, 0, 0])


def test_no_sidecar_of_any_role_answers_another_account(cluster: Cluster) -> None:
    sidecars = [door for door in doors(cluster) if door.process == "daprd"]
    assert len(sidecars) == 4 * len(REPLICAS)
    internal = [door for door in sidecars if door.port in _ports(cluster, "dapr_internal")]
    assert len(internal) == len(REPLICAS)
    assert {door: asked_by_another_account(door, GRPC) for door in internal} == dict.fromkeys(internal, b"")
    metrics = [door for door in sidecars if door.port in _ports(cluster, "dapr_metrics")]
    assert {door: asked_by_another_account(door, METRICS) for door in metrics} == dict.fromkeys(metrics, b"")


def test_every_door_of_ours_is_one_that_we_know(cluster: Cluster) -> None:
    public = {cluster.port + number for number in range(WEBS)}
    ours = {door.port for door in doors(cluster) if door.process not in {"daprd", "placement", "scheduler"}}
    health = _ports(cluster, "health")
    assert ours - public <= _ports(cluster, "app") | _ports(cluster, "inner") | health


def _ports(cluster: Cluster, use: str) -> set[int]:
    """The ports of that use, one a replica."""
    ports: dict[str, int] = json.loads(cluster.data.ports.read_text())
    return {port for name, port in ports.items() if name.endswith(f"_{use}")}
