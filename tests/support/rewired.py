"""`duely up` or `duely cluster` with connections led through proxies: `python -m tests.support.rewired ROUTES up`.

ROUTES is JSON: by part what it is told instead, `{"host": {"env": {"DAPR_HTTP_PORT": "30001"}, "database_port": 30002},
"daprd": {"flags": {"--app-port": "30003"}}}`; for `kafka` the port at which its clients are to find it. Nothing else of the
runner is touched.
"""

import json
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from host.operator.cli import main
from host.runner import parts
from host.runner.kafka import Kafka
from host.runner.part import Process, tethered

Routes = Mapping[str, Mapping[str, Any]]


def through(dsn: str, port: int) -> str:
    """The same database by TCP on this machine."""
    whole = urlsplit(dsn)
    return f"postgresql://{whole.username}:{whole.password}@127.0.0.1:{port}{whole.path}"


def rewired(routes: Routes) -> Any:
    """As `tethered`, with what the part of that log is told changed by its route."""

    def start(
        command: tuple[str, ...], *, log: Path, env: Mapping[str, str] | None = None, folder: Path | None = None
    ) -> Process:
        route = routes.get(log.stem, {})
        told = {**(env or {}), **route.get("env", {})}
        if "database_port" in route:
            told["DUELY_DATABASE_URL"] = through(told["DUELY_DATABASE_URL"], route["database_port"])
        words = list(command)
        for flag, value in route.get("flags", {}).items():
            words[words.index(flag) + 1] = str(value)
        return tethered(tuple(words), log=log, env=told, folder=folder)

    return start


def advertised(port: int) -> Callable[[Kafka], str]:
    """The broker's settings, by which it names that port to whoever asks."""
    settings = Kafka._settings

    def told(broker: Kafka) -> str:
        own = f"advertised.listeners=CLIENT://127.0.0.1:{broker.port}\n"
        before = settings(broker)
        assert own in before
        return before.replace(own, f"advertised.listeners=CLIENT://127.0.0.1:{port}\n")

    return told


if __name__ == "__main__":
    given = json.loads(sys.argv[1])
    parts.tethered = rewired(given)
    if "kafka" in given:
        Kafka._settings = advertised(given["kafka"]["port"])
    sys.argv[1:] = sys.argv[2:]
    main()
