-- What goes to the national civil-status database. The chain of a register's series says what happened; here is how far it
-- has been gathered and what was answered.
CREATE TABLE national_series (
    series      INTEGER PRIMARY KEY,         -- register_series(id)
    register    TEXT NOT NULL,
    agency      INTEGER NOT NULL,
    year        INTEGER NOT NULL,
    gathered    INTEGER NOT NULL,            -- links of the chain looked at, from 1
    not_sent    INTEGER NOT NULL,            -- of them those of a time without connection, never sent
    kept        INTEGER NOT NULL,            -- kept until there is a connection
    accepted    INTEGER NOT NULL,
    refused     INTEGER NOT NULL             -- what is left of gathered is on its way
) STRICT;
CREATE INDEX national_series_kept ON national_series(series) WHERE kept > 0;

-- One row for each entry and note that goes; links without a row were never sent.
CREATE TABLE national_event (
    id          INTEGER PRIMARY KEY,         -- also the key the other side knows it by
    series      INTEGER NOT NULL REFERENCES national_series(series),
    link        INTEGER NOT NULL,
    agency      INTEGER NOT NULL,
    entry       INTEGER NOT NULL,            -- register_entry(id)
    note        INTEGER NOT NULL,            -- register_note(id); 0: the entry itself
    kind        TEXT NOT NULL,               -- "entry", "correction", "annulment"...
    happened_at INTEGER NOT NULL,
    state       INTEGER NOT NULL,            -- 1 kept, 2 on its way, 3 accepted, 4 refused, 5 nothing to tell
    attempt     INTEGER NOT NULL,            -- 1, 2... each sent again by a person
    outbox      INTEGER NOT NULL,            -- row of the last attempt; 0: none yet
    national_id TEXT NOT NULL,               -- as the other side calls it; "" until it is accepted
    reason_code TEXT NOT NULL,               -- why it was refused
    reason      TEXT NOT NULL,
    answered_at INTEGER,
    CONSTRAINT national_event_once UNIQUE (series, link),
    CONSTRAINT national_event_state CHECK (state BETWEEN 1 AND 5)
) STRICT;
CREATE INDEX national_event_entry ON national_event(entry, link);
CREATE INDEX national_event_open ON national_event(state, id) WHERE state IN (1, 2, 4);
