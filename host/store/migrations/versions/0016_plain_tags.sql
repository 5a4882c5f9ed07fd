-- A chore fills it; rows that are written from now on have it at once.
ALTER TABLE tags ADD COLUMN plain text
