-- Notes name the evidence they rest on and the two people behind them; books are closed; sealed entries are opened by two.
ALTER TABLE register_note ADD COLUMN evidence TEXT NOT NULL DEFAULT '';          -- papers: "Bản án 12/2016/HNGĐ-ST ngày 3/5/2016"
ALTER TABLE register_note ADD COLUMN prepared_party INTEGER NOT NULL DEFAULT 0;  -- who prepared what party/post approved; 0: one person
ALTER TABLE register_note ADD COLUMN prepared_post INTEGER NOT NULL DEFAULT 0;

ALTER TABLE register_series ADD COLUMN closed_on INTEGER;                        -- day; null while entries may be made

-- What was closed, in figures: one row a book, never changed.
CREATE TABLE register_closing (
    id           INTEGER PRIMARY KEY,
    series       INTEGER NOT NULL REFERENCES register_series(id),
    book         INTEGER NOT NULL REFERENCES register_book(id),
    closed_at    INTEGER NOT NULL,
    closed_on    INTEGER NOT NULL,           -- day
    party        INTEGER NOT NULL,
    post         INTEGER NOT NULL,
    first_number INTEGER NOT NULL,           -- of the entries in it; 0 when it is empty
    last_number  INTEGER NOT NULL,
    entries      INTEGER NOT NULL,           -- events entered
    in_force     INTEGER NOT NULL,           -- of them not struck out by then
    notes        INTEGER NOT NULL,           -- made to them by then
    pages_used   INTEGER NOT NULL,
    length       INTEGER NOT NULL,           -- links of the series covered
    digest       BLOB NOT NULL,              -- SHA-256 over the figures and the hashes of the book's entries in order
    signature    BLOB NOT NULL,              -- CMS over the digest, by whoever closed it; empty: his key is not held here
    CONSTRAINT register_closing_once UNIQUE (book)
) STRICT;

-- Two people open a sealed entry: one asks with a reason, another grants; it stays open for its asker until then.
CREATE TABLE register_opening (
    id            INTEGER PRIMARY KEY,
    entry         INTEGER NOT NULL REFERENCES register_entry(id),
    asked_at      INTEGER NOT NULL,
    asked_party   INTEGER NOT NULL,
    asked_post    INTEGER NOT NULL,
    reason        TEXT NOT NULL,
    decided_at    INTEGER,                   -- null: waits
    decided_party INTEGER,
    decided_post  INTEGER,
    granted       INTEGER NOT NULL DEFAULT 0,
    why           TEXT NOT NULL DEFAULT '',  -- of a refusal
    open_until    INTEGER                    -- null: not granted
) STRICT;
CREATE INDEX register_opening_entry ON register_opening(entry, asked_at);

-- A note one person has prepared and another approves: what it says lies sealed until then.
CREATE TABLE register_proposal (
    id            INTEGER PRIMARY KEY,
    entry         INTEGER NOT NULL REFERENCES register_entry(id),
    agency        INTEGER NOT NULL,          -- that keeps the book
    kind          TEXT NOT NULL,
    sealed        BLOB NOT NULL,             -- JSON: decision, evidence, content, fields
    asked_at      INTEGER NOT NULL,
    asked_party   INTEGER NOT NULL,
    asked_post    INTEGER NOT NULL,
    decided_at    INTEGER,                   -- null: waits
    decided_party INTEGER,
    decided_post  INTEGER,
    approved      INTEGER NOT NULL DEFAULT 0,
    why           TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX register_proposal_entry ON register_proposal(entry, asked_at);
CREATE INDEX register_proposal_waiting ON register_proposal(agency, asked_at) WHERE decided_at IS NULL;
CREATE INDEX register_opening_waiting ON register_opening(asked_at) WHERE decided_at IS NULL;
