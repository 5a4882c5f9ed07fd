"""Connections to PostgreSQL: a pool for SQLAlchemy Core, and one of bare asyncpg for the batched hot paths."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final, TypeAlias

import asyncpg
import orjson
from sqlalchemy import event
from sqlalchemy.exc import DBAPIError, DisconnectionError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from host.store.faults import WriteFaults

CONNECT_TIMEOUT_SECONDS: Final = 5
SCRIPTS: Final = Path(__file__).parent / "migrations"
# The schema that this program knows: the number of the newest migration.
HEAD: Final = max(path.name[:4] for path in (SCRIPTS / "versions").glob("[0-9]*.py"))

Raw: TypeAlias = Any  # an asyncpg connection; most of asyncpg's methods have no types

_asyncpg: Final[Any] = asyncpg

# The first statement of a transaction that sees one instant. As it reads nothing, the instant is taken after it, and
# from then on no rebuild can replace these tables: the replacements' rows would be younger than the instant, and missing.
HOLD_READ_MODEL: Final = "LOCK TABLE tasks, reminders, tags, series IN ACCESS SHARE MODE"


class SchemaDiffersError(Exception):
    """A statement names something that the database lacks, because its schema belongs to another release."""


# Faults that end by themselves: lost connection, server stopping or starting, no resources, lock or time limits.
_OUTAGES: Final = (
    OSError,
    TimeoutError,
    PoolTimeoutError,
    SchemaDiffersError,
    # Raised by a connection that the server ended while nobody used it, before it is closed here.
    _asyncpg.InternalClientError,
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.TransactionRollbackError,
    asyncpg.IdleInTransactionSessionTimeoutError,
    asyncpg.ObjectNotInPrerequisiteStateError,
    asyncpg.PostgresSystemError,
    asyncpg.InvalidAuthorizationSpecificationError,
    asyncpg.InvalidCatalogNameError,
    asyncpg.ReadOnlySQLTransactionError,
)


# asyncpg raises one class for an unusable connection or pool, and for a statement with wrong arguments.
_UNUSABLE: Final = ("closed", "closing", "in progress", "released back to the pool", "initialized")
# Raised where schema and code differ.
_MISSING: Final = (
    asyncpg.UndefinedTableError,
    asyncpg.UndefinedColumnError,
    asyncpg.UndefinedFunctionError,
    asyncpg.UndefinedObjectError,
)


def is_outage(error: BaseException) -> bool:
    """Returns True for a fault of the database or the connection, False for one of the statement or its data: a bug."""
    if isinstance(error, DBAPIError):
        return error.connection_invalidated or (error.orig is not None and is_outage(error.orig))
    if isinstance(error, _asyncpg.InterfaceError):
        # A DataError is a ValueError and quotes its argument, which may contain any words.
        return not isinstance(error, ValueError) and any(words in str(error) for words in _UNUSABLE)
    return isinstance(error, _OUTAGES) or (error.__cause__ is not None and is_outage(error.__cause__))


class Database:
    """Both pools. A pool connects when it is first used, after `open()` and until `close()`."""

    def __init__(
        self,
        dsn: str,
        *,
        pool_size: int = 12,
        raw_size: int = 8,
        statement_timeout_seconds: float = 10,
        idle_seconds: float = 5,
        connect_timeout_seconds: float = CONNECT_TIMEOUT_SECONDS,
    ) -> None:
        """`idle_seconds` limits how long a process that is stopped inside a transaction keeps its locks."""
        self.dsn = dsn
        self._timeout = statement_timeout_seconds
        self._idle = idle_seconds
        self._connect_timeout = connect_timeout_seconds
        self._raw_size = raw_size
        self._raw: Any = None  # asyncpg.Pool
        self.write_faults = WriteFaults()
        self.engine: AsyncEngine = create_async_engine(
            "postgresql+asyncpg://",
            # The best plan depends on the search term: a generic plan takes 10 times as long for "%ab%".
            async_creator=lambda: self.open_connection(plan_cache_mode="force_custom_plan"),
            pool_size=pool_size,
            max_overflow=0,
            pool_timeout=self._connect_timeout,
            pool_use_lifo=True,
            json_serializer=lambda value: orjson.dumps(value).decode(),
            json_deserializer=orjson.loads,
        )
        event.listen(self.engine.sync_engine, "checkout", _refuse_closed)

        # A statement that stands alone needs no transaction, which would cost two more round trips.
        self._alone = self.engine.execution_options(isolation_level="AUTOCOMMIT")

    async def open_connection(self, **server_settings: str) -> Raw:
        """Opens a connection outside both pools; the caller closes it."""
        return await _asyncpg.connect(
            self.dsn,
            timeout=self._connect_timeout,
            command_timeout=self._timeout + 2,
            server_settings=self._server_settings() | server_settings,
        )

    def _server_settings(self) -> dict[str, str]:
        limit = str(int(self._timeout * 1000))
        return {
            "application_name": "duely",
            "jit": "off",
            "statement_timeout": limit,
            "lock_timeout": limit,
            "idle_in_transaction_session_timeout": str(int(self._idle * 1000)),
            "timezone": "UTC",
        }

    async def open(self) -> None:
        self._raw = await _asyncpg.create_pool(
            self.dsn,
            min_size=0,
            max_size=self._raw_size,
            timeout=self._connect_timeout,
            command_timeout=self._timeout + 2,
            server_settings=self._server_settings(),
            reset=_skip_reset,
        )

    async def close(self) -> None:
        raw, self._raw = self._raw, None
        if raw is not None:
            try:
                await asyncio.wait_for(raw.close(), self._connect_timeout)
            except TimeoutError:
                raw.terminate()
        await self.engine.dispose()

    @asynccontextmanager
    async def begin(self) -> AsyncGenerator[AsyncConnection]:
        """Yields a connection in one transaction, which is committed at the end of the block."""
        async with self._schema_checked(), self.engine.begin() as connection:
            yield connection

    @asynccontextmanager
    async def connect(self) -> AsyncGenerator[AsyncConnection]:
        """Yields a connection without a transaction: each statement sees the newest commit and is committed at once."""
        async with self._schema_checked(), self._alone.connect() as connection:
            yield connection

    @asynccontextmanager
    async def snapshot(self) -> AsyncGenerator[AsyncConnection]:
        """Yields a connection on which all statements see one instant; read only."""
        async with self._schema_checked(), self.engine.connect() as connection:
            options = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
            reading = await connection.execution_options(**options)
            await reading.exec_driver_sql(HOLD_READ_MODEL)
            yield reading

    @asynccontextmanager
    async def raw(self) -> AsyncGenerator[Raw]:
        """Yields an asyncpg connection, on which json columns are text; the caller ends its own transactions."""
        if self._raw is None:
            raise RuntimeError("Database.open() was not awaited")
        try:
            async with self._schema_checked(), self._raw.acquire(timeout=self._connect_timeout) as connection:
                yield connection
        except Exception as error:
            # asyncpg cleans up after a cancellation. If that fails, its error would replace the cancellation, and a loop
            # that survives outages would never end.
            task = asyncio.current_task()
            if task is not None and task.cancelling():
                raise asyncio.CancelledError from error
            raise

    @asynccontextmanager
    async def _schema_checked(self) -> AsyncGenerator[None]:
        """Raises SchemaDiffersError for a missing table or column, unless schema and code are of the same release.

        It notes which errors keep the database from being written.
        """
        try:
            yield
        except Exception as error:
            self.write_faults.note(error)
            if _is_missing(error) and (schema := await self._schema()) != HEAD:
                raise SchemaDiffersError(f"the schema is {schema}, this program has {HEAD}") from error
            raise

    async def _schema(self) -> str:
        """Returns the newest migration that the database has; "" for none."""
        connection = await self.open_connection()
        try:
            return await connection.fetchval("SELECT max(version_num) FROM alembic_version") or ""
        except asyncpg.UndefinedTableError:
            return ""
        finally:
            await connection.close()

    async def ping(self) -> None:
        async with self.raw() as connection:
            await connection.fetchval("SELECT 1")


def _is_missing(error: BaseException) -> bool:
    """Returns whether the error names a missing table, column or function, from asyncpg or from SQLAlchemy."""
    cause = error.orig.__cause__ if isinstance(error, DBAPIError) and error.orig is not None else error
    return isinstance(cause, _MISSING)


def _refuse_closed(_adapted: Any, record: Any, _proxy: Any) -> None:
    """Refuses a pooled connection whose server has died, which the connection knows without a round trip."""
    if record.driver_connection.is_closed():
        raise DisconnectionError


async def _skip_reset(_connection: Any) -> None:
    """Does nothing: no code here leaves session state behind, so a release needs no round trip for a reset."""
