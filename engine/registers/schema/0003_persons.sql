-- The persons of entries, for finding them whatever way their names are written: the fold of register_state by the
-- register's "persons", kept in the transaction that enters or notes, checked by verify, made anew by reindex.
-- A register has two slots and uses one; reindex fills the other while the first answers.
CREATE TABLE register_person (
    slot       INTEGER NOT NULL,             -- of the register: person_slot()
    entry      INTEGER NOT NULL,
    place      INTEGER NOT NULL,             -- of the role in register.json, from 0
    role       TEXT NOT NULL,                -- "child"
    agency     INTEGER NOT NULL,
    in_force   INTEGER NOT NULL,
    subject    INTEGER NOT NULL,             -- 1: the entry is about this person
    event_on   INTEGER,                      -- day it happened
    name       TEXT NOT NULL,                -- as entered; "" where the register marks the name
    born_on    INTEGER,                      -- day
    born_year  INTEGER NOT NULL,             -- 0: not known
    sex        TEXT NOT NULL,
    mother     TEXT NOT NULL,                -- names of parents
    father     TEXT NOT NULL,
    number     BLOB NOT NULL,                -- blind indexes; empty: none
    paper      BLOB NOT NULL,
    mother_number BLOB NOT NULL,
    PRIMARY KEY (slot, entry, place)
) STRICT, WITHOUT ROWID;

-- What a search looks up: a few keys a person, each 64 bits of a hash of what two descriptions may share.
CREATE TABLE register_person_key (
    slot       INTEGER NOT NULL,
    block      INTEGER NOT NULL,
    entry      INTEGER NOT NULL,
    place      INTEGER NOT NULL,
    PRIMARY KEY (slot, block, entry, place)
) STRICT, WITHOUT ROWID;

-- A register without a row uses slot 0 and builds none.
CREATE TABLE register_person_index (
    register   TEXT PRIMARY KEY,
    half       INTEGER NOT NULL,             -- 0 or 1: the slot in use
    building   INTEGER,                      -- the slot being filled, written by every command too
    built_at   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Entries written while a slot is being filled: what reindex read of them is older than their rows.
CREATE TABLE register_person_fresh (
    slot       INTEGER NOT NULL,
    entry      INTEGER NOT NULL,
    PRIMARY KEY (slot, entry)
) STRICT, WITHOUT ROWID;

-- An officer's decision that two persons of entries are one; never deleted, undone by naming who and why.
CREATE TABLE register_person_link (
    id         INTEGER PRIMARY KEY,
    entry      INTEGER NOT NULL REFERENCES register_entry(id),
    role       TEXT NOT NULL,
    other      INTEGER NOT NULL REFERENCES register_entry(id),
    other_role TEXT NOT NULL,
    linked_at  INTEGER NOT NULL,
    party      INTEGER NOT NULL,
    post       INTEGER NOT NULL,
    reason     TEXT NOT NULL,
    undone_at  INTEGER,
    undone_by  INTEGER,                      -- party
    undone_reason TEXT
) STRICT;
CREATE INDEX register_person_link_entry ON register_person_link(entry, role);
CREATE INDEX register_person_link_other ON register_person_link(other, other_role);
