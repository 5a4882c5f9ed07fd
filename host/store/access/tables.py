"""Accounts, sessions and tokens, plans of tools, rate limits and shared secrets."""

from typing import Final

from sqlalchemy import ARRAY, BigInteger, Column, Index, Table, Text, text
from sqlalchemy.dialects.postgresql import JSONB

from host.store.columns import Instant, id_, instant, metadata

accounts: Final = Table(
    "accounts",
    metadata,
    id_("user_id", primary_key=True),
    Column("email", Text, nullable=False),  # folded
    Column("password_hash", Text, nullable=False),
    instant("created_at", nullable=False),
    Column("zone", Text, nullable=False, server_default="UTC"),  # as given at sign-up; `users` has the present one
    Index("accounts_email", "email", unique=True),
)

sessions: Final = Table(
    "sessions",
    metadata,
    Column("token_hash", Text, primary_key=True),
    id_("user_id"),
    instant("created_at", nullable=False),
    instant("last_seen_at", nullable=False),
    instant("expires_at", nullable=False),
    Column("user_agent", Text),
    Column("address", Text),
    Index("sessions_user", "user_id"),
    Index("sessions_expiry", "expires_at"),
)

tokens: Final = Table(
    "tokens",
    metadata,
    id_("id", primary_key=True),
    id_("user_id"),
    Column("name", Text, nullable=False),
    Column("scopes", ARRAY(Text), nullable=False),
    Column("prefix", Text, nullable=False),
    Column("token_hash", Text, nullable=False),
    instant("created_at", nullable=False),
    instant("expires_at"),
    instant("last_used_at"),
    id_("change_set", nullable=True),  # the one that its calls go on with
    instant("change_set_at"),
    Index("tokens_hash", "token_hash", unique=True),
    Index("tokens_user", "user_id"),
)

plans: Final = Table(  # under the id of the call that made it
    "plans",
    metadata,
    id_("id", primary_key=True),
    id_("user_id"),
    id_("holder"),  # the token or person that made it
    Column("tool", Text, nullable=False),
    Column("request", Text, nullable=False),  # the hash of tool and arguments
    Column("body", JSONB, nullable=False),
    instant("expires_at", nullable=False),
    instant("started_at"),
    id_("change_set", nullable=True),
    Index("plans_expiry", "expires_at"),
    Index("plans_waiting", "user_id", postgresql_where=text("started_at IS NULL")),
)

token_names: Final = Table(  # of the tokens that were revoked, too: the activity says who did something
    "token_names", metadata, id_("id", primary_key=True), id_("user_id"), Column("name", Text, nullable=False)
)

rate_counts: Final = Table(  # unlogged; requests over all replicas
    "rate_counts",
    metadata,
    Column("key", Text, primary_key=True),
    Column("count", BigInteger, nullable=False),
    Column("ends_at", Instant, nullable=False),
    Index("rate_counts_end", "ends_at"),
)

secrets: Final = Table(  # such as the key that signs consistency tokens
    "secrets", metadata, Column("name", Text, primary_key=True), Column("value", Text, nullable=False)
)
