"""The database for operators' commands: the running one, or the embedded one, started while a command needs it."""

import shutil
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from host.console import OperatorError
from host.runner.folder import DataFolder
from host.runner.postgres import EmbeddedPostgres
from host.settings import Settings


@contextmanager
def database(settings: Settings) -> Generator[str]:
    """Yields the DSN of the database; raises OperatorError or PostgresError when there is none or it cannot start."""
    if settings.database_url:
        yield settings.database_url
        return
    folder = DataFolder(settings.data_dir)
    server = embedded(folder)
    if not has_cluster(folder):
        raise OperatorError(
            f"There is no database in {folder.path}; `duely up` makes one, `duely restore` brings one back."
        )
    if folder.is_held():
        yield server.dsn()
        return
    folder.prepare()
    with folder.locked():
        server.start()
        try:
            yield server.dsn()
        finally:
            server.stop()


@contextmanager
def fresh_database(settings: Settings, *, replace: bool) -> Generator[str]:
    """Yields the DSN of an empty database to fill.

    With `replace`, the database that was there is kept beside it, and comes back when filling fails.
    """
    folder = DataFolder(settings.data_dir)
    folder.prepare()
    with folder.locked():
        if settings.database_url:
            yield settings.database_url
            return
        if folder.postgres.exists() and not replace:
            raise OperatorError(f"{folder.path} holds a database already. `--replace` puts it aside and restores.")
        aside = _put_aside(folder)
        server = embedded(folder)
        try:
            server.start()
            yield server.dsn()
        except BaseException:
            server.stop()
            shutil.rmtree(folder.postgres, ignore_errors=True)
            if aside:
                aside.rename(folder.postgres)
            raise
        server.stop()
        shutil.rmtree(folder.scheduler, ignore_errors=True)  # it has wakes of actors that are gone


def _put_aside(folder: DataFolder) -> Path | None:
    if not folder.postgres.exists():
        return None
    number = next(n for n in range(1, 1000) if not folder.path.joinpath(f"postgres.before-restore-{n}").exists())
    return folder.postgres.rename(folder.path / f"postgres.before-restore-{number}")


def embedded(folder: DataFolder) -> EmbeddedPostgres:
    """Returns the PostgreSQL of the data folder, whether it runs or not."""
    return EmbeddedPostgres(folder.postgres, log=folder.logs / "postgres.log")


def has_cluster(folder: DataFolder) -> bool:
    """Whether the embedded PostgreSQL has been initialised."""
    return (folder.postgres / "cluster" / "PG_VERSION").is_file()
