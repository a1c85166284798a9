-- Who saw or did what. Rows are written in the act's transaction and never changed.
CREATE TABLE audit (
    id         INTEGER PRIMARY KEY,
    at         INTEGER NOT NULL,
    account    INTEGER NOT NULL,
    party      INTEGER NOT NULL,     -- who acted; 0: the program or a visitor
    post       INTEGER NOT NULL,
    agency     INTEGER NOT NULL,     -- of the record, else of the post
    for_post   INTEGER NOT NULL,
    channel    TEXT NOT NULL,
    what       TEXT NOT NULL,
    subject    TEXT NOT NULL,
    subject_id INTEGER NOT NULL,
    about      INTEGER,              -- party whose data it concerns
    reason     TEXT NOT NULL,
    detail     TEXT NOT NULL         -- canonical JSON
) STRICT;
CREATE INDEX audit_about ON audit (about, id);
CREATE INDEX audit_subject ON audit (subject, subject_id, id);
CREATE INDEX audit_agency ON audit (agency, id);
CREATE INDEX audit_party ON audit (party, id);

-- Rows not chained yet: entered with the row, taken out by the sealer.
CREATE TABLE audit_unsealed (
    audit INTEGER PRIMARY KEY
) STRICT;

CREATE TABLE audit_link (
    number INTEGER PRIMARY KEY,      -- 1, 2, 3...: place in the chain
    audit  INTEGER NOT NULL,
    hash   BLOB NOT NULL,            -- SHA-256 of the link before, the number and the row
    CONSTRAINT audit_link_once UNIQUE (audit)
) STRICT;

CREATE TABLE audit_checkpoint (
    number    INTEGER PRIMARY KEY,   -- the last link it vouches for
    hash      BLOB NOT NULL,
    at        INTEGER NOT NULL,
    key_id    TEXT NOT NULL,
    signature BLOB NOT NULL
) STRICT;
