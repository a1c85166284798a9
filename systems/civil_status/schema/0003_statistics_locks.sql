-- Statistics of a period that were frozen. A row is never changed but for being lifted, and a later lock is a new row.
CREATE TABLE statistics_lock (
    id          INTEGER PRIMARY KEY,
    layout      TEXT NOT NULL,
    agency      INTEGER NOT NULL,            -- whose table
    year        INTEGER NOT NULL,
    part        INTEGER NOT NULL,            -- 0 the year, 1 and 2 its halves
    figures     TEXT NOT NULL,               -- JSON
    digest      BLOB NOT NULL,               -- SHA-256 of layout, agency, period and figures
    locked_at   INTEGER NOT NULL,
    party       INTEGER NOT NULL,
    post        INTEGER NOT NULL,
    lifted_at   INTEGER,                     -- by a decision
    lifted_by   INTEGER NOT NULL DEFAULT 0,  -- post
    decision    TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE UNIQUE INDEX statistics_lock_once ON statistics_lock(layout, agency, year, part) WHERE lifted_at IS NULL;
