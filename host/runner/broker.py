"""What `DUELY_BROKER=kafka` adds to a machine: the components, and a broker unless the operator has one."""

import re
import shutil
from pathlib import Path

from host.console import OperatorError, Say
from host.kafka_access import KafkaAccess
from host.runner import checkout, ports
from host.runner.folder import DataFolder
from host.runner.kafka import Kafka, password
from host.runner.kafka_jars import java, kafka_jars
from host.settings import Settings, cache_dir

PORTS = ("kafka", "kafka_controller")
# Short, so that a broker that was away is found soon; each time the sidecar reads a few files.
_RECONCILE_INTERVAL = "10s"
_TOPICS_AND_GROUPS = re.compile(r"(- name: (?:consumerGroup|allowedTopics)\n +value: )(.+)")


def needs_own(settings: Settings) -> bool:
    """Whether the runner must start a broker."""
    return settings.broker == "kafka" and not settings.kafka.brokers


def own_broker(folder: DataFolder, picked: dict[str, int], say: Say) -> Kafka:
    """Returns the broker, not started yet; raises OperatorError when this machine cannot run one."""
    java()
    return _kafka(folder, kafka_jars(cache_dir(), say), picked)


def access_of(settings: Settings) -> KafkaAccess:
    """Returns how an operator's command reaches the broker; raises OperatorError when there is none."""
    if settings.kafka.brokers:
        return settings.kafka
    folder = DataFolder(settings.data_dir)
    picked = ports.remembered_in(folder.ports)
    if not picked.keys() >= set(PORTS) or not _password_file(folder).is_file():
        raise OperatorError(
            f"There is no broker in {folder.path}: start Duely with DUELY_BROKER=kafka, or name one in DUELY_KAFKA_BROKERS."
        )
    return _kafka(folder, Path(), picked).access


def write_resources(settings: Settings, folder: DataFolder) -> None:
    """Writes copies of the components with the prefix on their groups and topics, if a prefix is set.

    Call it before a sidecar runs, because that would apply each change at once.
    """
    if settings.broker == "none" or not settings.kafka_prefix:
        return

    def prefixed(entry: re.Match[str]) -> str:
        return entry[1] + ",".join(settings.kafka_prefix + name for name in entry[2].split(","))

    copies = _resources(settings, folder)
    shutil.rmtree(copies, ignore_errors=True)
    copies.mkdir(parents=True)
    for file in checkout.BROKER_RESOURCES.glob("*.yaml"):
        (copies / file.name).write_text(_TOPICS_AND_GROUPS.sub(prefixed, file.read_text()))


def _resources(settings: Settings, folder: DataFolder) -> Path:
    return folder.run / "components" if settings.kafka_prefix else checkout.BROKER_RESOURCES


def sidecar_flags(settings: Settings, folder: DataFolder) -> tuple[str, ...]:
    """Returns the flags that name the sidecar's components and configuration."""
    if settings.broker == "none":
        return ("--resources-path", str(checkout.RESOURCES), "--config", str(checkout.RESOURCES / "configuration.yaml"))
    return (
        *("--resources-path", str(checkout.RESOURCES), "--resources-path", str(_resources(settings, folder))),
        *("--config", str(checkout.BROKER_RESOURCES / "configuration.yaml")),
        *("--hot-reload-reconcile-interval", _RECONCILE_INTERVAL),
    )


def _kafka(folder: DataFolder, jars: Path, picked: dict[str, int]) -> Kafka:
    return Kafka(
        folder=folder.kafka,
        jars=jars,
        port=picked["kafka"],
        controller_port=picked["kafka_controller"],
        log=folder.logs / "kafka.log",
        password=password(_password_file(folder)),
    )


def _password_file(folder: DataFolder) -> Path:
    return folder.kafka / "password"
