-- Entries of every register that has no tables of its own. Rows of register_entry and register_note are never changed.
CREATE TABLE register_series (
    id          INTEGER PRIMARY KEY,
    register    TEXT NOT NULL,               -- "births"; "births/extract" numbers the extracts
    agency      INTEGER NOT NULL,
    year        INTEGER NOT NULL,
    last_number INTEGER NOT NULL DEFAULT 0,  -- of the year; numbers have no gaps
    last_hash   BLOB NOT NULL,               -- of the last row chained: entries and notes in the order they came
    length      INTEGER NOT NULL DEFAULT 0,  -- rows chained
    CONSTRAINT register_series_once UNIQUE (register, agency, year)
) STRICT;

CREATE TABLE register_book (
    id           INTEGER PRIMARY KEY,
    series       INTEGER NOT NULL REFERENCES register_series(id),
    number       INTEGER NOT NULL,           -- 1, 2... within the year: "Quyển số: 01/2016"
    first_number INTEGER NOT NULL,           -- of the entries in it
    pages        INTEGER NOT NULL,
    opened_on    INTEGER NOT NULL,           -- day
    closed_on    INTEGER,                    -- day; null while it is written in
    CONSTRAINT register_book_once UNIQUE (series, number)
) STRICT;

CREATE TABLE register_entry (
    id            INTEGER PRIMARY KEY,
    series        INTEGER NOT NULL REFERENCES register_series(id),
    book          INTEGER NOT NULL REFERENCES register_book(id),
    number        INTEGER NOT NULL,          -- as printed, 15 of "15/2016"
    page          INTEGER NOT NULL,          -- of the book
    link          INTEGER NOT NULL,          -- place in the chain of the series, from 1
    entered_at    INTEGER NOT NULL,
    registered_on INTEGER NOT NULL,          -- day
    party         INTEGER NOT NULL,          -- who entered it
    post          INTEGER NOT NULL,          -- as which post
    for_post      INTEGER NOT NULL,
    dossier       INTEGER NOT NULL,          -- 0: none
    plain         TEXT NOT NULL,             -- JSON of the fields that are not marked
    sealed        BLOB NOT NULL,             -- JSON of the marked ones, encrypted
    hash          BLOB NOT NULL,             -- over the link before and everything above
    CONSTRAINT register_entry_number_once UNIQUE (series, number),
    CONSTRAINT register_entry_link_once UNIQUE (series, link),
    CONSTRAINT register_entry_number_positive CHECK (number > 0)
) STRICT;
CREATE INDEX register_entry_dossier ON register_entry(dossier);

-- What came later: corrections, annotations, fields that were set once. Each names the entry and the decision.
CREATE TABLE register_note (
    id          INTEGER PRIMARY KEY,
    entry       INTEGER NOT NULL REFERENCES register_entry(id),
    number      INTEGER NOT NULL,            -- 1, 2... of the entry
    series      INTEGER NOT NULL REFERENCES register_series(id),
    link        INTEGER NOT NULL,
    kind        TEXT NOT NULL,               -- "correction", "annotation", "completion", "annulment"
    noted_at    INTEGER NOT NULL,
    noted_on    INTEGER NOT NULL,            -- day
    party       INTEGER NOT NULL,
    post        INTEGER NOT NULL,
    for_post    INTEGER NOT NULL,
    decision    TEXT NOT NULL,               -- number and day of the decision it rests on; "" where none is needed
    content     TEXT NOT NULL,               -- what the margin says
    plain       TEXT NOT NULL,               -- JSON of fields with their new values
    sealed      BLOB NOT NULL,
    hash        BLOB NOT NULL,
    CONSTRAINT register_note_once UNIQUE (entry, number),
    CONSTRAINT register_note_link_once UNIQUE (series, link)
) STRICT;

-- The state after all notes: the fold of the two tables above, checked by verify.
CREATE TABLE register_state (
    entry       INTEGER PRIMARY KEY REFERENCES register_entry(id),
    register    TEXT NOT NULL,
    agency      INTEGER NOT NULL,
    year        INTEGER NOT NULL,
    number      INTEGER NOT NULL,
    in_force    INTEGER NOT NULL,            -- 0 after an annulment; the number stays used
    notes       INTEGER NOT NULL,
    plain       TEXT NOT NULL,
    sealed      BLOB NOT NULL
) STRICT;
CREATE INDEX register_state_order ON register_state(register, agency, year, number);

-- Declared look-ups of the state: folded text, a number, or a blind index of a marked field.
CREATE TABLE register_index (
    entry       INTEGER NOT NULL REFERENCES register_state(entry),
    register    TEXT NOT NULL,
    field       TEXT NOT NULL,
    word        TEXT NOT NULL,               -- folded text, or hexadecimal of the blind index; "" for a number
    number      INTEGER NOT NULL,            -- days or an integer; 0 for text
    PRIMARY KEY (entry, field)
) STRICT;
CREATE INDEX register_index_word ON register_index(register, field, word);
CREATE INDEX register_index_number ON register_index(register, field, number);
