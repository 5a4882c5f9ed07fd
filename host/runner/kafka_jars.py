"""The jars of Kafka that components/kafka/broker/pom.xml names: Maven fetches them once into the cache.

`python -m host.runner.kafka_jars` fetches them and prints their folder.
"""

import hashlib
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from host.console import OperatorError, Say
from host.runner import build_step, checkout
from host.settings import cache_dir

JAVA_MINIMUM = 17
_REMEDY = (
    "Install a Java runtime 17 or newer and, for the first start, Maven (Debian: apt install openjdk-17-jre-headless "
    "maven), or name a Kafka that runs already in DUELY_KAFKA_BROKERS, "
    "or start without one: DUELY_BROKER=none."
)


def find(cache: Path, pom: Path = checkout.BROKER_POM) -> Path | None:
    """Returns the folder of the jars; None unless they were fetched for exactly this `pom`."""
    folder = _folder(cache, pom)
    return folder if folder.is_dir() else None


def kafka_jars(cache: Path, say: Say, pom: Path = checkout.BROKER_POM) -> Path:
    """Returns the folder of the jars, fetching them if need be; raises OperatorError with the cause and the remedy."""
    folder = _folder(cache, pom)
    if folder.is_dir():
        return folder
    folder.parent.mkdir(parents=True, exist_ok=True)
    with build_step.locked(folder.with_suffix(".lock"), "fetching the jars of Kafka", say):
        if not folder.is_dir():
            _fetch_into(folder, pom, say)
    return folder


def java() -> str:
    """Returns the path of a Java that can run the broker; raises OperatorError with the remedy."""
    path = shutil.which("java")
    version = _java_version(path) if path else 0
    if not path or version < JAVA_MINIMUM:
        what = f"{path} is version {version}" if path else "there is no java on PATH"
        raise OperatorError(f"The broker needs Java {JAVA_MINIMUM} or newer and {what}. {_REMEDY}")
    return path


def _folder(cache: Path, pom: Path) -> Path:
    return cache / "kafka" / hashlib.sha256(pom.read_bytes()).hexdigest()[:16]


def _fetch_into(folder: Path, pom: Path, say: Say) -> None:
    maven = shutil.which("mvn")
    if maven is None:
        raise OperatorError(f"The jars of Kafka are fetched by Maven and there is no mvn on PATH. {_REMEDY}")
    log = folder.with_suffix(".log")
    say(f"Fetching the jars of Kafka once, with {maven}: some seconds, 45 MB (log: {log})")
    with tempfile.TemporaryDirectory(prefix="fetching-", dir=folder.parent) as scratch:
        jars = Path(scratch) / "jars"
        command = (
            *(maven, "--batch-mode", "--no-transfer-progress", "--file", str(pom)),
            *("dependency:copy-dependencies", "-DincludeScope=runtime", f"-DoutputDirectory={jars}"),
        )
        began = time.monotonic()

        def say_progress() -> None:
            say(f"  fetching the jars of Kafka: {build_step.minutes(time.monotonic() - began)}")

        if build_step.run(command, pom.parent, log, {}, say_progress) != 0:
            errors = [line for line in log.read_text(errors="replace").splitlines() if "ERROR" in line]
            cause = "\n".join(f"    {line[:300]}" for line in errors[:3])
            raise OperatorError(f"Fetching the jars of Kafka failed:\n{cause}\nThe whole log is {log}.")
        jars.rename(folder)


def _java_version(java_path: str) -> int:
    try:
        done = subprocess.run([java_path, "-version"], capture_output=True, text=True, timeout=30, check=False)  # noqa: S603  a program that we looked up
    except (OSError, subprocess.TimeoutExpired):
        return 0
    number = re.search(r'version "(\d+)', done.stderr + done.stdout)
    return int(number[1]) if number else 0


def main() -> int:
    """Prints the folder of the jars; returns exit code 1 when they could not be fetched."""

    def say(line: str) -> None:
        sys.stderr.write(line + "\n")

    try:
        folder = kafka_jars(cache_dir(), say)
    except OperatorError as error:
        say(str(error))
        return 1
    sys.stdout.write(f"{folder}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
