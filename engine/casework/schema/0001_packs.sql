-- Versions of data packs. A version is never changed; which one is in force is.
CREATE TABLE pack (
    id          INTEGER PRIMARY KEY,
    kind        TEXT NOT NULL,               -- "procedure" or "register"
    name        TEXT NOT NULL,               -- folder name: "birth_registration"
    sha256      TEXT NOT NULL,               -- of the content
    origin      INTEGER NOT NULL,            -- 1 shipped, 2 from the desk
    in_force    INTEGER NOT NULL,
    generation  INTEGER NOT NULL,            -- of the whole set when this version came or went
    content     TEXT NOT NULL,               -- JSON: path in the folder -> text of the file
    faults      TEXT NOT NULL,               -- JSON: why it was refused; "[]" for a good one
    at          INTEGER NOT NULL,
    post        INTEGER NOT NULL,            -- who published it; 0: the program
    CONSTRAINT pack_once UNIQUE (kind, name, sha256)
) STRICT;
CREATE INDEX pack_in_force ON pack(in_force, kind, name);

-- One row: grows with every change of what is in force, so that other nodes notice.
CREATE TABLE pack_generation (
    id          INTEGER PRIMARY KEY,
    value       INTEGER NOT NULL
) STRICT;
INSERT INTO pack_generation (id, value) VALUES (1, 0);
