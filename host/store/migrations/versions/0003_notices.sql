-- Overdue notices are held and gathered as reminders are: a delivery says which of the two it is.
ALTER TABLE deliveries ADD COLUMN kind text NOT NULL DEFAULT 'reminder'

-- What stored instants were last counted with: of `tzdata`, the version of the zones' rules.
CREATE TABLE versions (name text PRIMARY KEY, value text NOT NULL)

CREATE INDEX deliveries_user ON deliveries (user_id) WHERE status = 'pending'
