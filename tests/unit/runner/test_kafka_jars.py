"""The jars of the broker are fetched once, whole or not at all; a failure is reported with its remedy."""

from pathlib import Path

import pytest

from host.console import OperatorError
from host.runner import kafka_jars

pytestmark = pytest.mark.unit

# Stands for Maven: writes one jar into the folder that it is given, and counts its runs.
FAKE_MAVEN = """#!/bin/sh
echo run >> "{runs}"
[ -z "{fails}" ] || {{ echo "[ERROR] {fails}"; exit 1; }}
for word; do case "$word" in -DoutputDirectory=*) folder="${{word#*=}}";; esac; done
mkdir -p "$folder" && touch "$folder/kafka.jar"
"""


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A PATH without Java and Maven."""
    (tmp_path / "bin").mkdir()
    for name in ("sh", "mkdir", "touch"):
        (tmp_path / "bin" / name).symlink_to(f"/bin/{name}")
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    return tmp_path


def program(machine: Path, name: str, text: str) -> None:
    file = machine / "bin" / name
    file.write_text(text)
    file.chmod(0o755)


def fake_maven(machine: Path, fails: str = "") -> None:
    program(machine, "mvn", FAKE_MAVEN.format(runs=machine / "runs", fails=fails))


def fetched(machine: Path) -> Path:
    return kafka_jars.kafka_jars(machine / "cache", lambda _: None)


def test_they_are_fetched_once_and_again_when_the_list_changes(machine: Path) -> None:
    fake_maven(machine)
    folder = fetched(machine)
    assert (folder / "kafka.jar").is_file()
    assert fetched(machine) == folder == kafka_jars.find(machine / "cache")
    assert (machine / "runs").read_text() == "run\n"
    pom = machine / "pom.xml"
    pom.write_text("<project/>")
    assert kafka_jars.find(machine / "cache", pom) is None


def test_what_failed_is_said_and_leaves_nothing(machine: Path) -> None:
    fake_maven(machine, fails="Could not resolve dependencies")
    with pytest.raises(OperatorError, match="Could not resolve dependencies"):
        fetched(machine)
    assert kafka_jars.find(machine / "cache") is None


def test_without_maven_or_java_the_remedy_is_named(machine: Path) -> None:
    with pytest.raises(OperatorError, match=r"no mvn on PATH.*DUELY_KAFKA_BROKERS"):
        fetched(machine)
    with pytest.raises(OperatorError, match=r"no java on PATH.*apt install"):
        kafka_jars.java()
    program(machine, "java", "#!/bin/sh\necho 'openjdk version \"11.0.2\" 2019-01-15' >&2\n")
    with pytest.raises(OperatorError, match="is version 11"):
        kafka_jars.java()
    program(machine, "java", "#!/bin/sh\necho 'openjdk version \"21\" 2023-09-19' >&2\n")
    assert kafka_jars.java() == str(machine / "bin" / "java")
