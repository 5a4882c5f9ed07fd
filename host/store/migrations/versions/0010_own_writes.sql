-- What a read waits for. Statements are parted by blank lines; none stands inside a statement.

-- The rows of one user above the projector's watermark.
CREATE INDEX outbox_user ON outbox (user_id, position)

-- Whose change was put aside.
ALTER TABLE dead_letters ADD COLUMN user_id text

UPDATE dead_letters SET user_id = body::json->'data'->>'user_id'

CREATE INDEX dead_letters_user ON dead_letters (user_id)
