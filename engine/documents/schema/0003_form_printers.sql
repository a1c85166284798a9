-- Printers pre-printed forms are put through, each with what it lays beside the mark.
CREATE TABLE form_printer (
    id           INTEGER PRIMARY KEY,
    agency       INTEGER NOT NULL,
    name         TEXT NOT NULL,              -- as people call it: "Máy in phòng Tư pháp"
    right_tenths INTEGER NOT NULL,           -- to move to the right, in tenths of a millimetre; negative: left
    down_tenths  INTEGER NOT NULL,           -- to move down
    changed_at   INTEGER NOT NULL,
    party        INTEGER NOT NULL,
    post         INTEGER NOT NULL,
    CONSTRAINT form_printer_name UNIQUE (agency, name)
) STRICT;
