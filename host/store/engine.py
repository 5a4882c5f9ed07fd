"""The way to PostgreSQL: one pool for queries in SQLAlchemy Core, one of bare asyncpg for the batched hot paths."""

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

CONNECT_TIMEOUT_SECONDS: Final = 5
SCRIPTS: Final = Path(__file__).parent / "migrations"
# The schema that this program knows, as the newest migration is called.
HEAD: Final = max(path.name[:4] for path in (SCRIPTS / "versions").glob("[0-9]*.py"))

Raw: TypeAlias = Any  # an asyncpg connection; most of asyncpg's methods have no types

_asyncpg: Final[Any] = asyncpg

# First in a transaction that sees one instant: it is no read, so the instant comes after it, and from then on a rebuild
# does not put other tables in the place of these. Their newest rows would be younger than that instant, and missing.
HOLD_READ_MODEL: Final = "LOCK TABLE tasks, reminders, tags, series IN ACCESS SHARE MODE"


class SchemaDiffersError(Exception):
    """A statement names what the database does not have, because its schema is of another release than this program."""


# What goes away by itself: connection lost, server stopping or starting, no resources, lock or time limits, deadlock.
_OUTAGES: Final = (
    OSError,
    TimeoutError,
    PoolTimeoutError,
    SchemaDiffersError,
    # Of a connection that was told its end while nobody used it, and is not closed yet.
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
)


# asyncpg has one class for a connection or pool that cannot be used now and for a statement with wrong arguments.
_UNUSABLE: Final = ("closed", "closing", "in progress", "released back to the pool", "initialized")
# What is missing where schema and code differ.
_MISSING: Final = (
    asyncpg.UndefinedTableError,
    asyncpg.UndefinedColumnError,
    asyncpg.UndefinedFunctionError,
    asyncpg.UndefinedObjectError,
)


def is_outage(error: BaseException) -> bool:
    """True for a fault of the database or the way to it, False for a fault of the statement or its data: a bug."""
    if isinstance(error, DBAPIError):
        return error.connection_invalidated or (error.orig is not None and is_outage(error.orig))
    if isinstance(error, _asyncpg.InterfaceError):
        # A DataError quotes its argument, which may say anything.
        return not isinstance(error, ValueError) and any(words in str(error) for words in _UNUSABLE)
    return isinstance(error, _OUTAGES) or (error.__cause__ is not None and is_outage(error.__cause__))


class Database:
    """Both pools. Open with `open()`, close with `close()`; a pool connects when it is first used."""

    def __init__(
        self,
        dsn: str,
        *,
        pool_size: int = 12,
        raw_size: int = 8,
        statement_timeout_seconds: float = 10,
        idle_seconds: float = 5,
    ) -> None:
        """A process that is stopped within a transaction holds its locks for `idle_seconds` more."""
        self.dsn = dsn
        self._timeout = statement_timeout_seconds
        self._idle = idle_seconds
        self._raw_size = raw_size
        self._raw: Any = None  # asyncpg.Pool
        self.engine: AsyncEngine = create_async_engine(
            "postgresql+asyncpg://",
            # The best plan of a list depends on what is looked for: a generic one takes 10 times as long for "%ab%".
            async_creator=lambda: self.open_connection(plan_cache_mode="force_custom_plan"),
            pool_size=pool_size,
            max_overflow=0,
            pool_timeout=CONNECT_TIMEOUT_SECONDS,
            pool_use_lifo=True,
            json_serializer=lambda value: orjson.dumps(value).decode(),
            json_deserializer=orjson.loads,
        )
        event.listen(self.engine.sync_engine, "checkout", _refuse_closed)

        # A lone statement needs no transaction around it: that would be two more round trips.
        self._alone = self.engine.execution_options(isolation_level="AUTOCOMMIT")

    async def open_connection(self, **server_settings: str) -> Raw:
        """A connection of its own, outside both pools; the caller closes it."""
        return await _asyncpg.connect(
            self.dsn,
            timeout=CONNECT_TIMEOUT_SECONDS,
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
            timeout=CONNECT_TIMEOUT_SECONDS,
            command_timeout=self._timeout + 2,
            server_settings=self._server_settings(),
            reset=_keep,
        )

    async def close(self) -> None:
        raw, self._raw = self._raw, None
        if raw is not None:
            try:
                await asyncio.wait_for(raw.close(), CONNECT_TIMEOUT_SECONDS)
            except TimeoutError:
                raw.terminate()
        await self.engine.dispose()

    @asynccontextmanager
    async def begin(self) -> AsyncGenerator[AsyncConnection]:
        """One transaction, committed at the end of the block."""
        async with self._judged(), self.engine.begin() as connection:
            yield connection

    @asynccontextmanager
    async def connect(self) -> AsyncGenerator[AsyncConnection]:
        """For statements that stand alone: each sees the newest commit, and a write is committed at once."""
        async with self._judged(), self._alone.connect() as connection:
            yield connection

    @asynccontextmanager
    async def snapshot(self) -> AsyncGenerator[AsyncConnection]:
        """Statements that all see one instant, read only."""
        async with self._judged(), self.engine.connect() as connection:
            options = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
            reading = await connection.execution_options(**options)
            await reading.exec_driver_sql(HOLD_READ_MODEL)
            yield reading

    @asynccontextmanager
    async def raw(self) -> AsyncGenerator[Raw]:
        """An asyncpg connection; json columns are text here. Ends its transactions itself."""
        if self._raw is None:
            raise RuntimeError("Database.open() was not awaited")
        try:
            async with self._judged(), self._raw.acquire(timeout=CONNECT_TIMEOUT_SECONDS) as connection:
                yield connection
        except Exception as error:
            # asyncpg tidies up after a cancellation; what fails there would take its place, and a loop that outlives
            # outages would outlive its end.
            task = asyncio.current_task()
            if task is not None and task.cancelling():
                raise asyncio.CancelledError from error
            raise

    @asynccontextmanager
    async def _judged(self) -> AsyncGenerator[None]:
        """A missing table or column is a bug where schema and code are of one release; else it raises SchemaDiffersError."""
        try:
            yield
        except Exception as error:
            if _is_missing(error) and (schema := await self._schema()) != HEAD:
                raise SchemaDiffersError(f"the schema is {schema}, this program has {HEAD}") from error
            raise

    async def _schema(self) -> str:
        """The newest migration that the database has seen; "" for none."""
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
    """Whether the database said so, to asyncpg or to SQLAlchemy."""
    cause = error.orig.__cause__ if isinstance(error, DBAPIError) and error.orig is not None else error
    return isinstance(cause, _MISSING)


def _refuse_closed(_adapted: Any, record: Any, _proxy: Any) -> None:
    """Costs no round trip: a connection whose server has died while it lay in the pool knows that; it is made anew."""
    if record.driver_connection.is_closed():
        raise DisconnectionError


async def _keep(_connection: Any) -> None:
    """Saves the reset round trip of each release: nothing here leaves session state behind."""
