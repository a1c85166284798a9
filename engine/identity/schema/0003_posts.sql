CREATE TABLE post (
    id         INTEGER PRIMARY KEY,
    agency     INTEGER NOT NULL REFERENCES agency (id),
    kind       TEXT NOT NULL,
    title_vi   TEXT NOT NULL,        -- '': the kind's name
    title_en   TEXT NOT NULL,
    valid_from INTEGER NOT NULL,
    valid_to   INTEGER
) STRICT;
CREATE INDEX post_agency ON post (agency, kind);

CREATE TABLE post_holder (
    id         INTEGER PRIMARY KEY,
    post       INTEGER NOT NULL REFERENCES post (id),
    party      INTEGER NOT NULL REFERENCES party (id),
    valid_from INTEGER NOT NULL,
    valid_to   INTEGER,
    CHECK (valid_to IS NULL OR valid_to >= valid_from),
    CONSTRAINT post_holder_once UNIQUE (post, party, valid_from)
) STRICT;
CREATE INDEX post_holder_party ON post_holder (party, post);

CREATE TABLE delegation (
    id         INTEGER PRIMARY KEY,
    from_post  INTEGER NOT NULL REFERENCES post (id),
    to_post    INTEGER NOT NULL REFERENCES post (id),
    kind       INTEGER NOT NULL CHECK (kind BETWEEN 1 AND 3),    -- leave, deputy, order
    valid_from INTEGER NOT NULL,
    valid_to   INTEGER NOT NULL,     -- first day no longer
    reason     TEXT NOT NULL,
    made_by    INTEGER NOT NULL,     -- party
    made_at    INTEGER NOT NULL,
    revoked_at INTEGER,
    CHECK (valid_to > valid_from)
) STRICT;
CREATE INDEX delegation_to ON delegation (to_post, valid_to);
CREATE INDEX delegation_from ON delegation (from_post, valid_to);
