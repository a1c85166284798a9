-- Which extracts were given of an entry: those that say what it no longer says are ended with it.
CREATE TABLE extract_of_entry (
    original    INTEGER NOT NULL,            -- entry the extract is of
    extract     INTEGER NOT NULL,            -- entry of the book of extracts
    PRIMARY KEY (original, extract)
) STRICT;
