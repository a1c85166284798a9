CREATE TABLE api_client (
    id          INTEGER PRIMARY KEY,
    name        TEXT NOT NULL,
    party       INTEGER NOT NULL REFERENCES party (id),
    post        INTEGER NOT NULL,
    scopes      TEXT NOT NULL,       -- separated by spaces, sorted
    secret_hash BLOB NOT NULL,
    created_at  INTEGER NOT NULL,
    closed_at   INTEGER
) STRICT;

CREATE TABLE api_token (
    id         INTEGER PRIMARY KEY,
    token_hash BLOB NOT NULL,
    account    INTEGER NOT NULL,     -- 0 for a program
    client     INTEGER NOT NULL,     -- 0 for a person
    party      INTEGER NOT NULL REFERENCES party (id),
    post       INTEGER NOT NULL,
    scopes     TEXT NOT NULL,
    made_at    INTEGER NOT NULL,
    ends_at    INTEGER NOT NULL,
    revoked_at INTEGER,
    CONSTRAINT api_token_hash UNIQUE (token_hash)
) STRICT;
CREATE INDEX api_token_account ON api_token (account);
