-- Pre-printed forms by serial: what came in as ranges, what became of each one by row; forms without a row are in stock.
CREATE TABLE blank_receipt (
    id           INTEGER PRIMARY KEY,
    kind         TEXT NOT NULL,              -- "birth_certificate_form"
    agency       INTEGER NOT NULL,
    series       TEXT NOT NULL,              -- letters before the serial; may be empty
    first_serial INTEGER NOT NULL,
    last_serial  INTEGER NOT NULL,
    received_at  INTEGER NOT NULL,
    party        INTEGER NOT NULL,
    post         INTEGER NOT NULL,
    minutes      TEXT NOT NULL,              -- number and day of the minutes of handing over
    CONSTRAINT blank_receipt_range CHECK (first_serial > 0 AND last_serial >= first_serial)
) STRICT;
CREATE INDEX blank_receipt_range ON blank_receipt(kind, series, first_serial);

CREATE TABLE blank_use (
    kind         TEXT NOT NULL,
    series       TEXT NOT NULL,
    serial       INTEGER NOT NULL,
    agency       INTEGER NOT NULL,
    state        INTEGER NOT NULL,           -- 1 issued, 2 spoiled, 3 destroyed
    document     INTEGER NOT NULL,           -- printed on it; 0: none
    changed_at   INTEGER NOT NULL,
    CONSTRAINT blank_use_once UNIQUE (kind, series, serial),
    CONSTRAINT blank_use_state CHECK (state BETWEEN 1 AND 3)
) STRICT;
CREATE INDEX blank_use_agency ON blank_use(kind, agency, state);

CREATE TABLE blank_event (
    id       INTEGER PRIMARY KEY,
    kind     TEXT NOT NULL,
    series   TEXT NOT NULL,
    serial   INTEGER NOT NULL,
    agency   INTEGER NOT NULL,
    state    INTEGER NOT NULL,               -- it came to
    document INTEGER NOT NULL,
    at       INTEGER NOT NULL,
    party    INTEGER NOT NULL,
    post     INTEGER NOT NULL,
    reason   TEXT NOT NULL                   -- why spoiled; minutes of destruction
) STRICT;
CREATE INDEX blank_event_serial ON blank_event(kind, series, serial, id);
