"""dapr.yaml and components/local describe the machine that `duely up` starts."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from host.dapr.app_ids import APP_ID
from host.runner import checkout
from host.runner.folder import DataFolder
from host.runner.parts import HOST_COMMAND, PORTS, Machine, daprd_command
from host.runner.sidecar import SidecarPrograms
from host.settings import Settings

pytestmark = pytest.mark.contract

# The CLI's keys for an app and the flags of daprd that it makes of them.
FLAGS = {
    "appID": "--app-id",
    "appPort": "--app-port",
    "appProtocol": "--app-protocol",
    "appChannelAddress": "--app-channel-address",
    "resourcesPaths": "--resources-path",
    "configFilePath": "--config",
    "enableAppHealthCheck": "--enable-app-health-check",
    "appHealthCheckPath": "--app-health-check-path",
    "appHealthProbeInterval": "--app-health-probe-interval",
    "appHealthProbeTimeout": "--app-health-probe-timeout",
    "appHealthThreshold": "--app-health-threshold",
    "daprHTTPPort": "--dapr-http-port",
    "daprGRPCPort": "--dapr-grpc-port",
    "apiListenAddresses": "--dapr-listen-addresses",
    "placementHostAddress": "--placement-host-address",
    "schedulerHostAddress": "--scheduler-host-address",
}
NOT_FLAGS = {"appDirPath", "env", "command"}
# What the CLI has no key for, or chooses by itself.
RUNNER_ONLY = {
    "--mode",
    "--dapr-internal-grpc-port",
    "--dapr-internal-grpc-listen-address",
    "--metrics-port",
    "--metrics-listen-address",
    "--dapr-graceful-shutdown-seconds",
}
THEIR_PORTS = {"app": 8081, "dapr_http": 3500, "dapr_grpc": 50001, "placement": 50005, "scheduler": 50006}


@pytest.fixture
def app() -> dict[str, Any]:
    file = yaml.safe_load((checkout.ROOT / "dapr.yaml").read_text())
    assert file.keys() == {"version", "common", "apps"}
    assert file["version"] == 1
    (only,) = file["apps"]
    return {**file["common"], **only}


@pytest.fixture
def flags() -> dict[str, str]:
    """The runner's command line, on the ports that dapr.yaml names."""
    ports = {name: THEIR_PORTS.get(name, 1) for name in PORTS}
    machine = Machine(Settings(), DataFolder(Path("data")), SidecarPrograms(Path("x")), ports, None, "", "")
    words = list(daprd_command(machine))[1:]
    found: dict[str, str] = {}
    for word, following in zip(words, [*words[1:], "--"], strict=True):
        if word.startswith("--"):
            found[word] = "" if following.startswith("--") else following
    return found


def documents() -> list[dict[str, Any]]:
    return [yaml.safe_load(path.read_text()) for path in sorted(checkout.RESOURCES.glob("*.yaml"))]


def test_the_cli_and_the_runner_start_the_sidecar_alike(app: dict[str, Any], flags: dict[str, str]) -> None:
    assert app.keys() == FLAGS.keys() | NOT_FLAGS
    for key, flag in FLAGS.items():
        theirs = app[key][0] if isinstance(app[key], list) else app[key]
        ours = flags.pop(flag)
        if key in {"resourcesPaths", "configFilePath"}:
            assert (checkout.ROOT / theirs).resolve() == Path(ours)
        else:
            assert ours == ("" if theirs is True else str(theirs))
    assert flags.keys() == RUNNER_ONLY


def test_the_cli_and_the_runner_start_the_app_alike(app: dict[str, Any]) -> None:
    assert tuple(app["command"][1:]) == HOST_COMMAND
    assert app["command"][0] == ".venv/bin/python"
    assert app["env"] == {"DAPR_HOST_IP": "127.0.0.1", "DUELY_APP_PORT": str(app["appPort"])}


def test_every_resource_is_scoped_to_the_app_and_named_once() -> None:
    names = [(document["kind"], document["metadata"]["name"]) for document in documents()]
    assert len(names) == len(set(names))
    for document in documents():
        if document["kind"] != "Configuration":
            assert document["scopes"] == [APP_ID]


def test_our_own_sidecar_has_every_component_that_a_resource_names() -> None:
    source = (checkout.SIDECAR_SOURCE / "components.go").read_text()
    registered = set(re.findall(r'RegisterComponent(?:WithVersions)?\((?:\w+\.\w+, )?"([\w.-]+)"', source))
    for document in documents():
        if document["kind"] == "Component":
            assert document["spec"]["type"].partition(".")[2] in registered


def test_resiliency_names_components_that_exist_and_no_actor() -> None:
    by_kind: dict[str, list[dict[str, Any]]] = {}
    for document in documents():
        by_kind.setdefault(document["kind"], []).append(document)
    components = {component["metadata"]["name"] for component in by_kind["Component"]}
    for resiliency in by_kind["Resiliency"]:
        targets = resiliency["spec"]["targets"]
        assert targets["components"].keys() <= components
        assert "actors" not in targets, "it would replace the retry that finds a moved actor"


def test_the_state_store_writes_the_table_that_has_the_fence() -> None:
    (state,) = [document for document in documents() if document["metadata"]["name"] == "actor-state"]
    metadata = {item["name"]: item.get("value") for item in state["spec"]["metadata"]}
    assert state["spec"]["version"] == "v2"
    assert metadata["actorStateStore"] == "true"
    migration = (checkout.ROOT / "host/store/migrations/versions/0001_first.sql").read_text()
    assert f"CREATE TABLE IF NOT EXISTS {metadata['tablePrefix']}state" in migration


def test_no_secret_stands_in_a_resource() -> None:
    for path in checkout.RESOURCES.glob("*.yaml"):
        assert not re.search(r"(?i)password|postgresql://", path.read_text()), path.name
