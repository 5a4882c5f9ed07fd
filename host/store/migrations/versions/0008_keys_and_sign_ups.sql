-- One Idempotency-Key is one request: what came second under it is forgotten, and the same key is refused from now on.

DELETE FROM commands WHERE ctid IN (
  SELECT ctid FROM (
    SELECT ctid, row_number() OVER (PARTITION BY command_id ORDER BY at, actor_id) AS n FROM commands
  ) WHERE n > 1
)

ALTER TABLE commands DROP CONSTRAINT commands_pkey, ADD CONSTRAINT commands_pkey PRIMARY KEY (command_id)

-- For a sign-up that was cut off before the person's actor was there.
ALTER TABLE accounts ADD COLUMN zone text NOT NULL DEFAULT 'UTC'
