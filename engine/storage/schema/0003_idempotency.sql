-- The answer of a request that came with an Idempotency-Key, kept for 7 days. See idempotency.h.
CREATE TABLE idempotency (
    client      TEXT NOT NULL,
    route       TEXT NOT NULL,
    key         TEXT NOT NULL,
    body_hash   BLOB NOT NULL,
    status      INTEGER NOT NULL,
    answer      TEXT NOT NULL,
    location    TEXT NOT NULL,
    kept_at     INTEGER NOT NULL,
    CONSTRAINT idempotency_once PRIMARY KEY (client, route, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX idempotency_kept ON idempotency(kept_at);

-- Content in DATA/blobs that a row names. Several rows may name one content. See files.h.
CREATE TABLE file (
    id          INTEGER PRIMARY KEY,
    sha256      TEXT NOT NULL,                  -- of the plain content, hexadecimal
    size        INTEGER NOT NULL,               -- bytes of the plain content
    kind        TEXT NOT NULL,                  -- told from the content
    key_id      TEXT NOT NULL,                  -- the key it is sealed with at rest; '' plain
    name        TEXT NOT NULL,
    kept_at     INTEGER NOT NULL
) STRICT;
CREATE INDEX file_sha256 ON file(sha256);
