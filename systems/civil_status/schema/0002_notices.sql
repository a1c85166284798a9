-- Births and deaths that health facilities have told of, for the family to complete.
CREATE TABLE hospital_notice (
    id            INTEGER PRIMARY KEY,
    kind          INTEGER NOT NULL,          -- 1 birth, 2 death
    facility      TEXT NOT NULL,             -- its code
    number        TEXT NOT NULL,             -- the facility's own
    content_hash  BLOB NOT NULL,             -- of what was said: the same number with other content is refused
    sender        INTEGER NOT NULL,          -- party of the program that sent it
    received_at   INTEGER NOT NULL,
    happened_on   INTEGER NOT NULL,          -- day
    unit          TEXT NOT NULL,             -- commune of residence; "" not said
    agency        INTEGER NOT NULL,          -- whose people look after it; 0: nobody's yet
    code_hash     BLOB NOT NULL,             -- of the code on the slip
    identity_word BLOB NOT NULL,             -- blind index of mother's or deceased's identity number; empty: none
    name_word     BLOB NOT NULL,             -- blind index of folded name and year of birth
    sealed        BLOB NOT NULL,             -- JSON of the notice and its code, encrypted
    draft         INTEGER NOT NULL DEFAULT 0,  -- begun by the family
    claimed_by    INTEGER NOT NULL DEFAULT 0,  -- party
    dossier       INTEGER NOT NULL DEFAULT 0,  -- filed
    linked_by     INTEGER NOT NULL DEFAULT 0,  -- 1 with its code, 2 by being the same birth or death
    reminded_at   INTEGER,
    CONSTRAINT hospital_notice_once UNIQUE (kind, facility, number),
    CONSTRAINT hospital_notice_code_once UNIQUE (code_hash)
) STRICT;
CREATE INDEX hospital_notice_identity ON hospital_notice(kind, identity_word);
CREATE INDEX hospital_notice_name ON hospital_notice(kind, name_word);
CREATE INDEX hospital_notice_agency ON hospital_notice(agency, id);
CREATE INDEX hospital_notice_dossier ON hospital_notice(dossier) WHERE dossier > 0;
CREATE INDEX hospital_notice_draft ON hospital_notice(draft) WHERE draft > 0;
