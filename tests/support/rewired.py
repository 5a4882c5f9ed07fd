"""`duely up` or `duely cluster` with connections through proxies: `python -m tests.support.rewired ROUTES up`.

ROUTES is JSON with the other settings of each part, `{"host": {"env": {"DAPR_HTTP_PORT": "30001"}, "database_port": 30002},
"daprd": {"flags": {"--app-port": "30003"}}}`; for `kafka` it is the port at which clients find the broker. Nothing else
of the runner is touched.
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
    """Returns the DSN of the same database by TCP at that port of this machine."""
    whole = urlsplit(dsn)
    return f"postgresql://{whole.username}:{whole.password}@127.0.0.1:{port}{whole.path}"


def rewired(routes: Routes) -> Any:
    """Returns a `tethered` that changes environment and flags of a part by its route; a part is known by its log."""

    def start(
        command: tuple[str, ...], *, log: Path, env: Mapping[str, str] | None = None, folder: Path | None = None
    ) -> Process:
        route = routes.get(log.stem, {})
        changed = {**(env or {}), **route.get("env", {})}
        if "database_port" in route:
            changed["DUELY_DATABASE_URL"] = through(changed["DUELY_DATABASE_URL"], route["database_port"])
        words = list(command)
        for flag, value in route.get("flags", {}).items():
            words[words.index(flag) + 1] = str(value)
        return tethered(tuple(words), log=log, env=changed, folder=folder)

    return start


def advertised(port: int) -> Callable[[Kafka], str]:
    """Returns a method for `Kafka._settings` by which the broker names that port to its clients."""
    settings = Kafka._settings

    def changed(broker: Kafka) -> str:
        own = f"advertised.listeners=CLIENT://127.0.0.1:{broker.port}\n"
        before = settings(broker)
        assert own in before
        return before.replace(own, f"advertised.listeners=CLIENT://127.0.0.1:{port}\n")

    return changed


if __name__ == "__main__":
    given = json.loads(sys.argv[1])
    parts.tethered = rewired(given)
    if "kafka" in given:
        Kafka._settings = advertised(given["kafka"]["port"])
    sys.argv[1:] = sys.argv[2:]
    main()
