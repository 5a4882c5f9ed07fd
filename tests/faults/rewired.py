"""`duely up` with some of its connections led through proxies: `python -m tests.faults.rewired ROUTES up`.

ROUTES is JSON: by part what it is told instead, `{"host": {"env": {"DAPR_HTTP_PORT": "30001"}, "database_port": 30002},
"daprd": {"flags": {"--app-port": "30003"}}}`. Nothing else of the runner is touched.
"""

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from host.cli import main
from host.runner import parts
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


if __name__ == "__main__":
    parts.tethered = rewired(json.loads(sys.argv[1]))
    sys.argv[1:] = sys.argv[2:]
    main()
