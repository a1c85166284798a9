-- Paper books from before the program kept the register: scans typed twice, compared, decided, accepted page by page.
-- Their entries stand in series "births/paper": numbers as on paper, gaps allowed, never doubled.
CREATE TABLE old_book (
    id        INTEGER PRIMARY KEY,
    register  TEXT NOT NULL,
    agency    INTEGER NOT NULL,              -- that kept it then
    year      INTEGER NOT NULL,
    number    INTEGER NOT NULL,              -- 1, 2... of the year
    notation  TEXT NOT NULL,                 -- as on its cover: "TP/HT-1998-01"; may be empty
    pages     INTEGER NOT NULL,
    series    INTEGER NOT NULL REFERENCES register_series(id),
    book      INTEGER NOT NULL REFERENCES register_book(id),
    opened_at INTEGER NOT NULL,
    party     INTEGER NOT NULL,
    post      INTEGER NOT NULL,
    CONSTRAINT old_book_once UNIQUE (register, agency, year, number),
    CONSTRAINT old_book_pages CHECK (pages > 0)
) STRICT;

CREATE TABLE old_page (
    id             INTEGER PRIMARY KEY,
    book           INTEGER NOT NULL REFERENCES old_book(id),
    number         INTEGER NOT NULL,
    file           INTEGER NOT NULL,         -- its scan, row of file
    sha256         TEXT NOT NULL,
    scanned_at     INTEGER NOT NULL,
    scanned_party  INTEGER NOT NULL,
    mismatches     INTEGER,                  -- found when both had typed it; null before
    open           INTEGER,                  -- of them not decided yet
    accepted_at    INTEGER,                  -- null: not in the register
    accepted_party INTEGER,
    accepted_post  INTEGER,
    CONSTRAINT old_page_once UNIQUE (book, number)
) STRICT;

-- What one typist makes of one page. Two to a page, two people.
CREATE TABLE old_typing (
    id          INTEGER PRIMARY KEY,
    page        INTEGER NOT NULL REFERENCES old_page(id),
    slot        INTEGER NOT NULL,
    party       INTEGER NOT NULL,
    post        INTEGER NOT NULL,
    begun_at    INTEGER NOT NULL,
    finished_at INTEGER,                     -- null: still types
    CONSTRAINT old_typing_slot UNIQUE (page, slot),
    CONSTRAINT old_typing_person UNIQUE (page, party),
    CONSTRAINT old_typing_two CHECK (slot BETWEEN 1 AND 2)
) STRICT;
CREATE INDEX old_typing_party ON old_typing(party, finished_at);

CREATE TABLE old_typed (
    id       INTEGER PRIMARY KEY,
    typing   INTEGER NOT NULL REFERENCES old_typing(id),
    place    INTEGER NOT NULL,               -- 1, 2... down the page
    saved_at INTEGER NOT NULL,
    sealed   BLOB NOT NULL,                  -- JSON: field to text as typed
    CONSTRAINT old_typed_once UNIQUE (typing, place)
) STRICT;

-- The latest of a field counts.
CREATE TABLE old_decision (
    id         INTEGER PRIMARY KEY,
    page       INTEGER NOT NULL REFERENCES old_page(id),
    line       INTEGER NOT NULL,             -- of the comparison
    field      TEXT NOT NULL,
    sealed     BLOB NOT NULL,                -- JSON: {"value": text}
    decided_at INTEGER NOT NULL,
    party      INTEGER NOT NULL,
    post       INTEGER NOT NULL
) STRICT;
CREATE INDEX old_decision_page ON old_decision(page, id);

-- Entries of the register that come from a page.
CREATE TABLE old_entry (
    entry INTEGER PRIMARY KEY REFERENCES register_entry(id),
    page  INTEGER NOT NULL REFERENCES old_page(id),
    line  INTEGER NOT NULL
) STRICT;
CREATE INDEX old_entry_page ON old_entry(page);

-- Counted when a page is accepted, of one typist and field: against what was accepted.
CREATE TABLE old_figure (
    page     INTEGER NOT NULL REFERENCES old_page(id),
    party    INTEGER NOT NULL,               -- 0: both together, wrong = they disagreed
    field    TEXT NOT NULL,
    compared INTEGER NOT NULL,
    wrong    INTEGER NOT NULL,
    CONSTRAINT old_figure_once UNIQUE (page, party, field)
) STRICT;
