"""The fence's refusals are counted over every process, also when one restarts or joins."""

from pathlib import Path

import pytest

from tests.faults.cluster import ClusterUnderFaults
from tests.faults.refusals import Refusals
from tests.support.cluster import REPLICAS

pytestmark = pytest.mark.unit

ONE, OTHER = "http://127.0.0.1:1/metrics", "http://127.0.0.1:2/metrics"


def _metrics(refused: float) -> str:
    return f"# TYPE fence_rejections_total counter\nfence_rejections_total {refused}\nother_total 7.0\n"


def test_each_process_has_a_number_of_its_own_and_one_that_starts_anew_counts_from_0() -> None:
    refusals = Refusals()
    for url, refused in ((ONE, 2.0), (OTHER, 3.0), (ONE, 5.0), (OTHER, 1.0), (ONE, 5.0)):
        refusals.note(url, _metrics(refused))
    refusals.note(OTHER, "")
    refusals.note(OTHER, _metrics(1.0))
    assert refusals.count == 5 + 3 + 1


def test_every_replica_of_a_cluster_is_asked_and_so_is_one_that_has_joined(tmp_path: Path) -> None:
    cluster = ClusterUnderFaults(tmp_path)
    for folder in (cluster.data.run, cluster.data.postgres):
        folder.mkdir(parents=True)
    cluster.targets()  # picks the ports
    ports = [cluster.inner_port_of(name) for name in REPLICAS]
    assert cluster.metrics_urls == [f"http://127.0.0.1:{port}/metrics" for port in ports]
    (cluster.data.run / "actors-3.json").write_text('{"health": 29998, "inner": 29999}')
    assert cluster.metrics_urls[-1] == "http://127.0.0.1:29999/metrics"
