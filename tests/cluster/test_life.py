"""The cluster as a whole: its output, and what each port answers. Its stop proves that it ends in time and leaves nothing."""

import contextlib
import urllib.error
import urllib.request
import uuid

import pytest

from host.version import VERSION
from tests.support.client import PASSWORD
from tests.support.cluster import REPLICAS, Cluster
from tests.support.deadline import until

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(120)]

HEALTHY_SECONDS = 60.0


def test_the_output_has_a_line_for_each_part_and_the_addresses_of_the_page(cluster: Cluster) -> None:
    said = cluster.said()
    for part in (*REPLICAS, *(f"{replica}-daprd" for replica in REPLICAS), "placement", "scheduler", "postgres"):
        assert len([line for line in said.splitlines() if line.split()[:2] == [part, "ready"]]) == 1, part
    assert " and ".join(cluster.urls) in said


def test_a_process_without_the_public_app_answers_its_health_and_nothing_else(cluster: Cluster) -> None:
    for replica in ("actors-1", "consumers-1"):
        assert cluster.ask(replica, "/health/live") == (200, {"status": "ok"})
        assert cluster.ask(replica, "/health/ready") == (200, {"status": "ready"})
        for path in ("/metrics", "/api/v1/me", "/", "/dapr/config", "/actors/TaskActor/x/method/turn"):
            assert cluster.ask(replica, path)[0] == 404, path


def test_each_process_shows_its_readiness_with_the_token_only(cluster: Cluster) -> None:
    for replica in REPLICAS:
        status, parts = cluster.ready(replica)
        assert (status, parts["database"]) == (200, "ok"), replica
    with pytest.raises(urllib.error.HTTPError, match="401"):
        urllib.request.urlopen(f"http://127.0.0.1:{cluster.inner_port_of('actors-1')}/metrics", timeout=5)


def test_only_the_actors_host_actors(cluster: Cluster) -> None:
    hosted = {replica: cluster.hosted(replica) for replica in REPLICAS}
    assert hosted == {
        replica: {"TaskActor", "UserActor", "SeriesActor", "ConversationActor"}
        if replica.startswith("actors")
        else set()
        for replica in REPLICAS
    }


def test_the_doctor_knows_every_part(cluster: Cluster) -> None:
    # A part that an earlier test has ended may just be starting again.
    with contextlib.suppress(AssertionError):
        until(lambda: cluster.cli("doctor").returncode == 0, HEALTHY_SECONDS, "the doctor finds nothing wrong", 1.0)
    report = cluster.cli("doctor")
    assert report.returncode == 0, report.stdout
    for part in (*REPLICAS, "web-2-daprd", "scheduler"):
        assert f"  {part} " in report.stdout
    pids = cluster.pids()
    for replica in REPLICAS:
        assert f"  {replica.split('-')[0]:<22} {VERSION}, pid {pids[replica]} on " in report.stdout, report.stdout


def test_an_account_is_made_by_the_command_through_a_sidecar_that_hosts_no_actors(cluster: Cluster) -> None:
    email = f"{uuid.uuid4().hex}@example.org"
    made = cluster.cli("user", "create", email, typed=f"{PASSWORD}\n")
    assert made.returncode == 0, made.stderr
    assert f"{email} can log in at {cluster.urls[0]}" in made.stdout
