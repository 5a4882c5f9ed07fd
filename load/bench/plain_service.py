"""The rival in `create`, a careful plain service: FastAPI, SQLAlchemy's ORM, a task and its outbox row in one transaction.

It has no login, no reminders, no read model and no live updates, so it does not pay for them. It starts as `python -m load.bench.plain_service PORT DATABASE_URL` on one uvicorn process.
"""

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any, Literal
from uuid import uuid4

import uvicorn
from fastapi import FastAPI
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import ARRAY, JSON, DateTime, Identity, MetaData, String, text
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

SCHEMA = "bench_plain"
_POOL = 20
Priority = Literal["none", "low", "medium", "high", "urgent"]


class Base(DeclarativeBase):
    metadata = MetaData(schema=SCHEMA)


class Task(Base):
    __tablename__ = "tasks"
    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    user_id: Mapped[str] = mapped_column(String(36), index=True)
    title: Mapped[str]
    description: Mapped[str]
    priority: Mapped[str]
    status: Mapped[str]
    tags: Mapped[list[str]] = mapped_column(ARRAY(String))
    due_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    version: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    updated_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class Outbox(Base):
    __tablename__ = "outbox"
    position: Mapped[int] = mapped_column(Identity(), primary_key=True)
    task_id: Mapped[str] = mapped_column(String(36))
    type: Mapped[str]
    body: Mapped[dict[str, Any]] = mapped_column(JSON)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class NewTask(BaseModel):
    model_config = ConfigDict(extra="forbid")
    title: str = Field(min_length=1, max_length=500)
    description: str = Field(default="", max_length=20_000)
    priority: Priority = "none"
    tags: list[str] = Field(default_factory=list, max_length=10)
    due_at: datetime | None = None


class TaskOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)
    id: str
    user_id: str
    title: str
    description: str
    priority: Priority
    status: str
    tags: list[str]
    due_at: datetime | None
    version: int
    created_at: datetime
    updated_at: datetime


def create_app(database_url: str) -> FastAPI:
    """Returns the service; `database_url` is written as for asyncpg and libpq."""
    engine = create_async_engine(
        database_url.replace("postgresql://", "postgresql+asyncpg://", 1), pool_size=_POOL, max_overflow=0
    )
    session = async_sessionmaker(engine, expire_on_commit=False)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        async with engine.begin() as connection:
            await connection.execute(text(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}"))
            await connection.run_sync(Base.metadata.create_all)
        yield
        await engine.dispose()

    app = FastAPI(lifespan=lifespan)

    @app.post("/tasks", status_code=201)
    async def create(new: NewTask) -> TaskOut:
        async with session() as db, db.begin():
            return _add(db, new, datetime.now(UTC))

    return app


def _add(db: AsyncSession, new: NewTask, now: datetime) -> TaskOut:
    task = Task(
        id=str(uuid4()),
        user_id="00000000-0000-4000-8000-000000000001",
        status="open",
        version=1,
        created_at=now,
        updated_at=now,
        **new.model_dump(),
    )
    out = TaskOut.model_validate(task)
    event = Outbox(task_id=task.id, type="task.created", body=out.model_dump(mode="json"), created_at=now)
    db.add_all([task, event])
    return out


if __name__ == "__main__":
    uvicorn.run(create_app(sys.argv[2]), host="127.0.0.1", port=int(sys.argv[1]), access_log=False, log_level="warning")
