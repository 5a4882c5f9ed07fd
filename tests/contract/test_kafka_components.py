"""components/kafka agrees with the code on groups, topics and apps, and the sidecar would take its connections."""

import re
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import yaml

from host.consumers.handler import DEAD_LETTERS, REMINDERS, TASK_EVENTS, TASK_UPDATES, Handler
from host.consumers.table import CONSUMERS, consumers, topics_of
from host.dapr.app_ids import APP_IDS
from host.kafka_access import KafkaAccess
from host.operator.topics import topics
from host.process import BROKER_COMPONENT
from host.runner import broker, checkout
from host.runner.folder import DataFolder
from host.settings import Settings, read_settings

pytestmark = pytest.mark.contract

VARIANTS = sorted((checkout.BROKER_RESOURCES / "variants").glob("*.yaml"))
# Every name that pubsub.kafka of Dapr 1.18 knows and that we use; it ignores one that is misspelt.
KNOWN = {
    *("brokers", "authType", "saslUsername", "saslPassword", "saslMechanism", "disableTls", "caCert"),
    *("clientCert", "clientKey", "version", "clientID", "consumerGroup", "initialOffset", "dialTimeout"),
    *("readTimeout", "writeTimeout", "consumeRetryEnabled", "consumeRetryInterval", "backOffDuration"),
    *("allowedTopics", "publishingScopes", "subscriptionScopes"),
}
BROADCAST = "sse-{uuid}"


def documents(folder: Path = checkout.BROKER_RESOURCES) -> list[dict[str, Any]]:
    files = sorted(folder.glob("*.yaml"))
    return [document for file in files for document in yaml.safe_load_all(file.read_text())]


def components(folder: Path = checkout.BROKER_RESOURCES) -> dict[str, dict[str, Any]]:
    return {each["metadata"]["name"]: each for each in documents(folder) if each["kind"] == "Component"}


def settings_of(component: dict[str, Any]) -> dict[str, Any]:
    entries = component["spec"]["metadata"]
    assert len(entries) == len({entry["name"] for entry in entries}), "a name twice"
    return {entry["name"]: entry.get("value", entry.get("envRef")) for entry in entries}


def test_each_consumer_has_a_component_and_a_group_of_its_own_name() -> None:
    ours = {f"events-{name}" for name in CONSUMERS}
    assert components().keys() == ours | {BROKER_COMPONENT, TASK_UPDATES}
    for name in ours:
        settings = settings_of(components()[name])
        assert settings["consumerGroup"] == name
        assert settings["initialOffset"] == "oldest"
        assert settings["consumeRetryEnabled"] == "true", "else a message that failed is skipped"


def test_every_hub_hears_everything_from_now_on() -> None:
    settings = settings_of(components()[TASK_UPDATES])
    assert (settings["consumerGroup"], settings["initialOffset"]) == (BROADCAST, "newest")


def test_without_a_prefix_the_sidecar_reads_the_components_as_they_stand_here(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path)
    settings = Settings(broker="kafka")
    broker.write_resources(settings, folder)
    assert str(checkout.BROKER_RESOURCES) in broker.sidecar_flags(settings, folder)
    assert list(tmp_path.iterdir()) == []


def test_a_prefix_stands_before_every_group_and_topic_and_changes_nothing_else(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path)
    settings = Settings(broker="kafka", kafka_prefix="team.duely-")
    broker.write_resources(settings, folder)
    flags = broker.sidecar_flags(settings, folder)
    read = [Path(path) for flag, path in pairwise(flags) if flag == "--resources-path"]
    assert read[0] == checkout.RESOURCES
    named, plain = components(read[1]), components()
    assert named.keys() == plain.keys()
    for name, component in named.items():
        prefixed, before = settings_of(component), settings_of(plain[name])
        differing = {key for key in before if prefixed[key] != before[key]}
        if name == BROKER_COMPONENT:
            assert differing == {"allowedTopics"}
            assert set(prefixed["allowedTopics"].split(",")) == {topic.name for topic in topics(3, "team.duely-")}
        else:
            assert differing == {"consumerGroup"}
            assert prefixed["consumerGroup"] == f"team.duely-{before['consumerGroup']}"
        assert component["scopes"] == plain[name]["scopes"]
    others = [each for each in documents() if each["kind"] != "Component"]
    assert [each for each in documents(read[1]) if each["kind"] != "Component"] == others


def test_what_a_prefix_no_longer_names_is_gone(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path)
    for prefix in ("first.", "second."):
        settings = Settings(broker="kafka", kafka_prefix=prefix)
        broker.write_resources(settings, folder)
        (Path(broker.sidecar_flags(settings, folder)[3]) / "old.yaml").touch()
    broker.write_resources(settings, folder)
    found = components(Path(broker.sidecar_flags(settings, folder)[3]))
    assert settings_of(found["events-projector"])["consumerGroup"] == "second.events-projector"
    assert not list(tmp_path.rglob("old.yaml"))


def test_consumers_ask_for_the_topics_that_are_made_for_them() -> None:
    handlers = dict.fromkeys(CONSUMERS, Handler())
    made = {topic.name for topic in topics(3, "team.")}
    assert {consumer.topic for consumer in consumers(handlers, "team.")} <= made
    assert {consumer.topic for consumer in consumers(handlers)} == {TASK_EVENTS}


def test_each_app_has_the_components_that_its_role_uses_and_no_other() -> None:
    durable = [APP_IDS["all"], APP_IDS["consumers"]]
    for name, component in components().items():
        assert component["scopes"] == ([APP_IDS["web"]] if name == TASK_UPDATES else durable)


def test_only_topics_that_we_have_can_be_published_to() -> None:
    allowed = settings_of(components()[BROKER_COMPONENT])["allowedTopics"].split(",")
    assert set(allowed) == {TASK_EVENTS, REMINDERS, TASK_UPDATES, DEAD_LETTERS}
    assert set(topics_of("reminder.fired")) <= set(allowed)


def test_no_other_component_publishes_and_that_one_does_not_read() -> None:
    for name, component in components().items():
        nothing = ";".join(f"{app}=" for app in component["scopes"])
        kind = "subscriptionScopes" if name == BROKER_COMPONENT else "publishingScopes"
        assert settings_of(component)[kind] == nothing


def test_a_component_knows_its_settings_and_outlives_a_broker_that_is_away() -> None:
    for component in components().values():
        assert settings_of(component).keys() <= KNOWN
        assert component["spec"]["type"] == "pubsub.kafka"
        assert component["spec"]["ignoreErrors"] is True


def test_what_a_component_takes_from_the_environment_is_what_the_runner_gives() -> None:
    given = KafkaAccess(brokers="a:1").environment()
    for component in components().values():
        for entry in component["spec"]["metadata"]:
            assert ("envRef" in entry) != ("value" in entry)
            assert entry.get("envRef", "DUELY_KAFKA_BROKERS") in given


def test_deliveries_are_bounded_and_repeated_by_the_groups_alone() -> None:
    (resiliency,) = [each for each in documents() if each["kind"] == "Resiliency"]
    targets = resiliency["spec"]["targets"]["components"]
    assert targets.keys() == components().keys()
    assert not any("retry" in way for target in targets.values() for way in target.values())
    assert set(resiliency["scopes"]) == set(APP_IDS.values())


def test_with_a_broker_the_sidecar_is_configured_as_without_but_for_looking_again() -> None:
    with_broker = yaml.safe_load((checkout.BROKER_RESOURCES / "configuration.yaml").read_text())
    without = yaml.safe_load((checkout.RESOURCES / "configuration.yaml").read_text())
    assert with_broker["spec"].pop("features") == [{"name": "HotReload", "enabled": True}]
    assert without["spec"].pop("features") == [{"name": "HotReload", "enabled": False}]
    assert with_broker == without


def test_the_sidecar_that_we_build_has_the_component() -> None:
    assert '"kafka")' in (checkout.SIDECAR_SOURCE / "components.go").read_text()


@pytest.mark.parametrize("file", VARIANTS, ids=lambda file: file.stem)
def test_a_variant_makes_connections_that_the_sidecar_takes(file: Path) -> None:
    variant = yaml.safe_load(file.read_text())
    assert variant.keys() == {"auth", "connection", "environment"}
    connection = {entry["name"]: entry for entry in variant["connection"]}
    from_environment = {
        entry["name"] for entry in components()[BROKER_COMPONENT]["spec"]["metadata"] if "envRef" in entry
    }
    assert from_environment <= connection.keys() <= from_environment | {"version"}
    for name, entry in connection.items():
        secret = entry.get("secretKeyRef")
        assert ("value" in entry) != bool(secret and secret["name"] and secret["key"]), name
    assert "secretKeyRef" in connection["saslPassword"]
    assert connection["authType"]["value"] == "password"
    assert connection["disableTls"]["value"] == "false"
    assert re.fullmatch(r"\d+\.\d+\.\d+", connection["version"]["value"])


@pytest.mark.parametrize("file", VARIANTS, ids=lambda file: file.stem)
def test_a_variant_says_the_same_by_its_environment(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    variant = yaml.safe_load(file.read_text())
    connection = {entry["name"]: entry for entry in variant["connection"]}
    monkeypatch.setattr(Path, "read_text", lambda _: "PEM")
    settings = read_settings(variant["environment"])
    variables = settings.kafka.environment()
    assert settings.broker == "kafka"
    assert variables["DUELY_KAFKA_BROKERS"] == connection["brokers"]["value"]
    assert variables["DUELY_KAFKA_AUTH_TYPE"] == connection["authType"]["value"]
    assert variables["DUELY_KAFKA_DISABLE_TLS"] == connection["disableTls"]["value"]
    # The sidecar knows SHA-256 and SHA-512, and takes anything else for PLAIN.
    assert variables["DUELY_KAFKA_SASL"].replace("PLAIN", "") == connection["saslMechanism"]["value"]
    assert bool(variables["DUELY_KAFKA_CA_PEM"]) == ("secretKeyRef" in connection["caCert"])


def test_only_resources_lie_there_because_the_sidecar_names_every_other_file_whenever_it_looks() -> None:
    assert {path.suffix for path in checkout.BROKER_RESOURCES.iterdir() if path.is_file()} == {".yaml"}


def test_no_secret_stands_in_a_resource() -> None:
    for component in components().values():
        settings = {entry["name"]: entry for entry in component["spec"]["metadata"]}
        for name in ("saslPassword", "clientKey"):
            assert "value" not in settings[name]
