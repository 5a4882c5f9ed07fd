"""The layout of a cluster: names, roles and ports of its replicas, and their commands."""

from pathlib import Path

import pytest

from host.runner.cluster import Counts, layout_of
from host.runner.folder import DataFolder
from host.runner.parts import Machine, daprd_command, environment, parts
from host.runner.sidecar import SidecarPrograms
from host.settings import Settings

pytestmark = pytest.mark.unit


@pytest.fixture
def machine() -> Machine:
    layout = layout_of(Settings(port=9000, database_url="postgresql://x/y"), Counts(web=3, actors=2, consumers=1))
    ports = {name: 20_000 + number for number, name in enumerate(layout.ports)}
    folder = DataFolder(Path("data"))
    return Machine(
        Settings(port=9000, database_url="postgresql://x/y"),
        folder,
        SidecarPrograms(Path("x")),
        ports,
        None,
        "",
        "",
    )


@pytest.fixture
def replicas(machine: Machine) -> list[Machine]:
    counts = Counts(web=3, actors=2, consumers=1)
    return list(layout_of(machine.settings, counts).replicas(machine))


def test_each_replica_has_its_role_and_the_web_its_public_ports_side_by_side(replicas: list[Machine]) -> None:
    assert [(replica.replica, replica.settings.role) for replica in replicas] == [
        *(("actors-1", "actors"), ("actors-2", "actors"), ("consumers-1", "consumers")),
        *(("web-1", "web"), ("web-2", "web"), ("web-3", "web")),
    ]
    assert [replica.settings.port for replica in replicas if replica.settings.role == "web"] == [9000, 9001, 9002]


def test_no_two_listeners_share_a_port_and_all_share_placement_and_scheduler(replicas: list[Machine]) -> None:
    own = ("app", "dapr_http", "dapr_grpc", "dapr_internal", "dapr_metrics")
    ports = [replica.ports[name] for replica in replicas for name in own]
    ports += [replica.settings.port for replica in replicas]
    ports += [replica.settings.inner_address[1] for replica in replicas]
    assert len(ports) == len(set(ports))
    assert len({(replica.ports["placement"], replica.ports["scheduler"]) for replica in replicas}) == 1


def test_only_actors_have_the_app_id_under_which_state_is_kept(replicas: list[Machine]) -> None:
    ids = {}
    for replica in replicas:
        words = daprd_command(replica)
        ids[environment(replica)["DUELY_ROLE"]] = words[words.index("--app-id") + 1]
    assert ids == {"actors": "duely", "consumers": "duely-consumers", "web": "duely-web"}


def test_a_process_of_actors_that_is_dead_is_noticed_sooner_than_another(replicas: list[Machine]) -> None:
    seconds = {}
    for replica in replicas:
        words = daprd_command(replica)
        interval, timeout = (words[words.index(f"--app-health-probe-{what}") + 1] for what in ("interval", "timeout"))
        assert int(timeout) <= int(interval) * 1000, "the sidecar would not start"
        seconds[replica.settings.role] = int(interval)
    assert seconds == {"actors": 1, "consumers": 3, "web": 3}


def test_the_web_stops_first_and_each_kind_at_once(machine: Machine, replicas: list[Machine]) -> None:
    groups = [part.group for part in parts(machine, replicas) if part.group]
    assert groups == ["sidecars"] * 6 + ["behind"] * 3 + ["web"] * 3
