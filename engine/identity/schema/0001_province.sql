-- What the province says about itself. These tables are projections of province/*.json: the content in force is in
-- province_file, every content ever in force stays there.
CREATE TABLE province_file (
    name        TEXT NOT NULL,       -- "units.json"
    sha256      TEXT NOT NULL,
    content     TEXT NOT NULL,
    imported_at INTEGER NOT NULL,
    in_force    INTEGER NOT NULL CHECK (in_force IN (0, 1)),
    PRIMARY KEY (name, sha256)
) STRICT;

CREATE TABLE unit (
    code        TEXT NOT NULL,       -- official code, "21172"
    valid_from  INTEGER NOT NULL,    -- first day
    valid_to    INTEGER,             -- first day no longer
    kind        TEXT NOT NULL,
    level       INTEGER NOT NULL CHECK (level BETWEEN 1 AND 3),
    name_vi     TEXT NOT NULL,
    name_en     TEXT NOT NULL,
    short_name  TEXT NOT NULL,
    parent      TEXT NOT NULL,       -- code, '' for a province
    name_folded TEXT NOT NULL,
    PRIMARY KEY (code, valid_from),
    CHECK (valid_to IS NULL OR valid_to > valid_from)
) STRICT;
CREATE INDEX unit_parent ON unit (parent, short_name);
CREATE INDEX unit_level ON unit (level, parent, short_name);

CREATE TABLE unit_successor (
    code      TEXT NOT NULL,
    ended_on  INTEGER NOT NULL,      -- valid_to of the unit that ended
    successor TEXT NOT NULL,
    PRIMARY KEY (code, ended_on, successor)
) STRICT;

CREATE TABLE agency (
    id  INTEGER PRIMARY KEY,
    key TEXT NOT NULL,               -- "ubnd-21172"
    CONSTRAINT agency_key UNIQUE (key)
) STRICT;

CREATE TABLE agency_version (
    agency      INTEGER NOT NULL REFERENCES agency (id),
    valid_from  INTEGER NOT NULL,
    valid_to    INTEGER,
    code        TEXT NOT NULL,
    unit        TEXT NOT NULL,
    kind        TEXT NOT NULL,
    level       INTEGER NOT NULL CHECK (level BETWEEN 1 AND 3),
    name_vi     TEXT NOT NULL,
    name_en     TEXT NOT NULL,
    short_name  TEXT NOT NULL,
    parent      INTEGER NOT NULL,    -- agency, 0 at the top
    desk_vi     TEXT NOT NULL,
    desk_en     TEXT NOT NULL,
    address     TEXT NOT NULL,
    phone       TEXT NOT NULL,
    name_folded TEXT NOT NULL,
    PRIMARY KEY (agency, valid_from),
    CHECK (valid_to IS NULL OR valid_to > valid_from)
) STRICT;
CREATE INDEX agency_version_code ON agency_version (code);
CREATE INDEX agency_version_unit ON agency_version (unit, kind);

CREATE TABLE agency_successor (
    agency    INTEGER NOT NULL REFERENCES agency (id),
    successor INTEGER NOT NULL REFERENCES agency (id),
    PRIMARY KEY (agency, successor)
) STRICT;

-- Which agency stood below which, and when; every agency is below itself. Made from agency_version.
CREATE TABLE agency_below (
    above      INTEGER NOT NULL,
    below      INTEGER NOT NULL,
    valid_from INTEGER NOT NULL,
    valid_to   INTEGER,
    PRIMARY KEY (above, below, valid_from)
) STRICT;
CREATE INDEX agency_below_below ON agency_below (below, above);

CREATE TABLE permission (
    id      TEXT PRIMARY KEY,        -- "dossiers.receive"
    system  TEXT NOT NULL,
    name_vi TEXT NOT NULL,
    name_en TEXT NOT NULL
) STRICT;

CREATE TABLE post_kind (
    id              TEXT NOT NULL,   -- "one_stop_officer"
    valid_from      INTEGER NOT NULL,
    valid_to        INTEGER,
    place           INTEGER NOT NULL,    -- in the file
    name_vi         TEXT NOT NULL,
    name_en         TEXT NOT NULL,
    agency_kinds    TEXT NOT NULL,   -- separated by spaces
    agency_levels   TEXT NOT NULL,
    signature_lines TEXT NOT NULL,   -- separated by line feeds
    PRIMARY KEY (id, valid_from)
) STRICT;

-- What a kind of post may do, and how far from its agency.
CREATE TABLE post_kind_grant (
    kind       TEXT NOT NULL,
    permission TEXT NOT NULL,
    scope      INTEGER NOT NULL CHECK (scope BETWEEN 1 AND 3),
    PRIMARY KEY (kind, permission)
) STRICT;

CREATE TABLE post_kind_rule (
    kind          TEXT PRIMARY KEY,
    second_factor INTEGER NOT NULL CHECK (second_factor IN (0, 1))
) STRICT;
