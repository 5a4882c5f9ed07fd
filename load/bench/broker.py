"""The phases that need a broker, and their verdict on a machine that cannot run one."""

import os
import shutil
from collections.abc import Mapping, Sequence
from typing import Final

from host.console import OperatorError
from host.runner import kafka_jars
from host.settings import cache_dir
from load.bench.report import Line, Section

PHASES: Final = frozenset({"rate"})
SETTINGS: Final[Mapping[str, str]] = {"DUELY_BROKER": "kafka"}


def systems(phases: Sequence[str]) -> list[tuple[Mapping[str, str], list[str]]]:
    """Returns the systems to start, one after the other: the settings of each, and the phases that run on it."""
    plain = [name for name in phases if name not in PHASES]
    with_broker = [name for name in phases if name in PHASES]
    return [each for each in (({}, plain), (SETTINGS, with_broker)) if each[1]]


def missing() -> str:
    """Returns what keeps this machine from running a broker, or "" when nothing does."""
    try:
        kafka_jars.java()
    except OperatorError as error:
        return str(error)
    if kafka_jars.find(cache_dir()) is None and not shutil.which("mvn"):
        return "no jars of Kafka yet and no Maven to fetch them: install the package `maven`"
    return ""


def left_out(title: str, reason: str, environ: Mapping[str, str] = os.environ) -> Section:
    """Returns the section of a phase that cannot run: a failure where nothing may be left out, as in CI."""
    everything = environ.get("DUELY_TEST_ALL") == "1"
    line = Line(title, "left out", required="a broker", met=False if everything else None)
    return Section(title, [line], [f"{title}: left out. {reason}"])
