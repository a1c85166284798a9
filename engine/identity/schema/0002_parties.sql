-- People and organisations, and the ways they sign in. *_sealed columns are encrypted (engine/crypto KeyRing),
-- *_index columns are keyed digests to find them by, *_masked columns may be shown.
CREATE TABLE party (
    id                     INTEGER PRIMARY KEY,
    kind                   INTEGER NOT NULL CHECK (kind IN (1, 2)),    -- person, organisation
    name                   TEXT NOT NULL,
    name_folded            TEXT NOT NULL,
    born_on                INTEGER,
    identity_number_sealed BLOB,
    identity_number_index  BLOB,
    identity_number_masked TEXT NOT NULL,
    phone_sealed           BLOB,
    phone_index            BLOB,
    phone_masked           TEXT NOT NULL,
    email_sealed           BLOB,
    email_index            BLOB,
    email_masked           TEXT NOT NULL,
    address_sealed         BLOB,
    guest                  INTEGER NOT NULL CHECK (guest IN (0, 1)),
    created_at             INTEGER NOT NULL,
    changed_at             INTEGER NOT NULL,
    CONSTRAINT party_identity_number UNIQUE (identity_number_index)
) STRICT;
CREATE INDEX party_phone ON party (phone_index);
CREATE INDEX party_email ON party (email_index);

CREATE TABLE account (
    id          INTEGER PRIMARY KEY,
    party       INTEGER NOT NULL REFERENCES party (id),
    password    TEXT NOT NULL,                 -- argon2id, with its parameters
    must_change INTEGER NOT NULL CHECK (must_change IN (0, 1)),
    language    TEXT NOT NULL,
    totp_sealed BLOB,                          -- secret of the second factor
    totp_on     INTEGER NOT NULL CHECK (totp_on IN (0, 1)),
    totp_step   INTEGER NOT NULL,              -- the last step whose code was taken: each code once
    created_at  INTEGER NOT NULL,
    closed_at   INTEGER
) STRICT;
CREATE INDEX account_party ON account (party);

CREATE TABLE account_login (
    login_index BLOB PRIMARY KEY,
    account     INTEGER NOT NULL REFERENCES account (id),
    kind        TEXT NOT NULL CHECK (kind IN ('phone', 'email', 'name')),
    shown       TEXT NOT NULL                  -- masked phone or e-mail, a name in clear
) STRICT;
CREATE INDEX account_login_account ON account_login (account);

CREATE TABLE recovery_code (
    account INTEGER NOT NULL REFERENCES account (id),
    hash    TEXT NOT NULL,
    used_at INTEGER,
    PRIMARY KEY (account, hash)
) STRICT;

-- Failed sign-ins, of logins that exist and of those that do not.
CREATE TABLE login_failure (
    login_index  BLOB PRIMARY KEY,
    failures     INTEGER NOT NULL,
    locked_until INTEGER NOT NULL,
    last_at      INTEGER NOT NULL
) STRICT;

CREATE TABLE one_time_code (
    id             INTEGER PRIMARY KEY,
    purpose        INTEGER NOT NULL,
    contact_sealed BLOB NOT NULL,
    contact_index  BLOB NOT NULL,
    code_hash      BLOB NOT NULL,
    address_index  BLOB NOT NULL,              -- of the network address that asked
    made_at        INTEGER NOT NULL,
    ends_at        INTEGER NOT NULL,
    tries          INTEGER NOT NULL,
    used_at        INTEGER
) STRICT;
CREATE INDEX one_time_code_contact ON one_time_code (contact_index, made_at);
CREATE INDEX one_time_code_address ON one_time_code (address_index, made_at);

CREATE TABLE person_session (
    id                   INTEGER PRIMARY KEY,
    token_hash           BLOB NOT NULL,
    kind                 INTEGER NOT NULL CHECK (kind IN (1, 2)),   -- account, guest
    account              INTEGER NOT NULL,     -- 0 for a guest
    party                INTEGER NOT NULL REFERENCES party (id),
    post                 INTEGER NOT NULL,     -- 0: as a citizen
    for_post             INTEGER NOT NULL,
    second_factor_due    INTEGER NOT NULL CHECK (second_factor_due IN (0, 1)),
    second_factor_proved INTEGER NOT NULL CHECK (second_factor_proved IN (0, 1)),
    csrf                 TEXT NOT NULL,
    language             TEXT NOT NULL,
    agent                TEXT NOT NULL,
    address              TEXT NOT NULL,        -- shortened
    started_at           INTEGER NOT NULL,
    seen_at              INTEGER NOT NULL,
    idle_ends_at         INTEGER NOT NULL,
    ends_at              INTEGER NOT NULL,
    ended_at             INTEGER,
    CONSTRAINT person_session_token UNIQUE (token_hash)
) STRICT;
CREATE INDEX person_session_account ON person_session (account, started_at);

CREATE TABLE setup_token (
    token_hash BLOB PRIMARY KEY,
    ends_at    INTEGER NOT NULL,
    used_at    INTEGER
) STRICT;
