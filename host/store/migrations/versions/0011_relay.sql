-- What the relay knew of refused events in its own memory. -infinity: offered never yet; no row is written anew for it.
ALTER TABLE outbox ADD COLUMN publish_after timestamptz NOT NULL DEFAULT '-infinity', ADD COLUMN refused_topics text[]

DROP INDEX outbox_unpublished

CREATE INDEX outbox_unpublished ON outbox (publish_after, position) WHERE published_at IS NULL
