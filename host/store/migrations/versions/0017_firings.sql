-- A reminder may count days on the wall, and have several firings; deliveries know the change of many that they are of.
ALTER TABLE reminders ADD COLUMN "offset" text

ALTER TABLE reminders ADD COLUMN firings jsonb

ALTER TABLE deliveries ADD COLUMN change_set text
