-- A consumer that is paused takes nothing until this is null again. A release that does not know the column goes on.
ALTER TABLE watermarks ADD COLUMN paused_at timestamptz

-- When somebody asked to hand the event to its consumer again; null once it failed again.
ALTER TABLE dead_letters ADD COLUMN replay_at timestamptz
