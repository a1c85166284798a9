-- Which extracts were given of an entry: those that say what it no longer says are ended with it.
CREATE TABLE extract_of_entry (
    original    INTEGER NOT NULL,            -- entry the extract is of
    kind        TEXT NOT NULL,               -- what its paper is about: "register_entry" of the book of extracts, or "dossier"
    subject     INTEGER NOT NULL,
    PRIMARY KEY (original, kind, subject)
) STRICT;
