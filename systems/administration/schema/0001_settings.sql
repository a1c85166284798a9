-- Settings changed at the desk. Append only: the latest row of a key whose day has come is in force; the province's own
-- files say the rest.
CREATE TABLE desk_setting (
    id          INTEGER PRIMARY KEY,         -- time-ordered
    key         TEXT NOT NULL,               -- "one_stop.rating_open_days"
    value       TEXT NOT NULL,               -- JSON
    valid_from  INTEGER NOT NULL,            -- days since 1970-01-01, Vietnam
    changed_at  INTEGER NOT NULL,
    post        INTEGER NOT NULL,            -- who changed it
    reason      TEXT NOT NULL
) STRICT;
CREATE INDEX desk_setting_key ON desk_setting(key, valid_from);
