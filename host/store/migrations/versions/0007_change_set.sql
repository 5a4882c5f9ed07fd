-- Change sets. Statements are parted by blank lines; none stands inside a statement.

-- Of what an agent or an import did in one go; none before this. The body of the entry says it too.
ALTER TABLE activity ADD COLUMN change_set text

CREATE INDEX activity_change_set ON activity (user_id, change_set) WHERE change_set IS NOT NULL
