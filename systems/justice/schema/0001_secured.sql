-- The national register of security over movables, as the simulator keeps it. It is public: whoever pays the fee may search
-- it, so nothing in it is sealed but the code of a registration, of which only a keyed hash is kept.
-- Rows are never changed or deleted; what is in force is the fold of the notices of one registration.
CREATE TABLE secured_notice (
    number       INTEGER PRIMARY KEY,        -- of the whole register, without gaps, in the order they were filed
    registration INTEGER NOT NULL,           -- number of the notice it goes on from; its own for a registration
    kind         INTEGER NOT NULL,           -- 1 registration, 2 change, 3 enforcement, 4 deregistration, 5 correction by the registrar
    filed_at     INTEGER NOT NULL,           -- microseconds of a whole second: the rank, with number within the second
    key          TEXT NOT NULL,              -- of whoever filed it: the same key never makes a second notice
    content      TEXT NOT NULL,              -- canonical JSON of what the notice says
    pin          BLOB NOT NULL,              -- keyed hash of the code that holds from here on; empty: the one before
    hash         BLOB NOT NULL,              -- over the hash of the notice before and everything above
    CONSTRAINT secured_notice_key_once UNIQUE (key),
    CONSTRAINT secured_notice_number_positive CHECK (number > 0),
    CONSTRAINT secured_notice_kind_known CHECK (kind BETWEEN 1 AND 5)
) STRICT;
CREATE INDEX secured_notice_registration ON secured_notice(registration, number);

-- What is looked up, once for each notice that brings it.
CREATE TABLE secured_index (
    by_what      INTEGER NOT NULL,           -- 1 number of a grantor, 2 folded name of a grantor, 3 serial with look-alikes made one
    word         TEXT NOT NULL,
    registration INTEGER NOT NULL,
    notice       INTEGER NOT NULL,
    PRIMARY KEY (by_what, word, registration, notice)
) STRICT;

-- Where the numbers are: one row, locked by whoever files.
CREATE TABLE secured_last (
    id           INTEGER PRIMARY KEY,        -- 1
    number       INTEGER NOT NULL,
    filed_at     INTEGER NOT NULL,           -- never goes back, whatever the clock does
    hash         BLOB NOT NULL
) STRICT;

-- What this province asked the national register and what it was told: one row for each time a dossier was sent.
CREATE TABLE secured_request (
    call         INTEGER PRIMARY KEY,        -- of the process; also the key the register knows it by
    dossier      INTEGER NOT NULL,
    asked_at     INTEGER NOT NULL,
    asked        BLOB NOT NULL,              -- JSON of the notice or the search, sealed: it has the code of the registration
    outcome      INTEGER NOT NULL,           -- 0 waiting, 1 filed or found, 2 refused
    answered_at  INTEGER,
    answer       BLOB                        -- JSON, sealed
) STRICT;
CREATE INDEX secured_request_dossier ON secured_request(dossier, call);
