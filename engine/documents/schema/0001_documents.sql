-- Papers with legal effect. Rows of document_version, document_event and legal_number are never changed.
CREATE TABLE document (
    id          INTEGER PRIMARY KEY,
    kind        TEXT NOT NULL,               -- "birth_certificate": a sentence of the catalogues
    subject     TEXT NOT NULL,               -- what it is about: "dossier", "register_entry"
    subject_id  INTEGER NOT NULL,
    agency      INTEGER NOT NULL,            -- whose paper it is
    title       TEXT NOT NULL,               -- without personal data
    token       TEXT NOT NULL,               -- public look-up, as in its QR code
    state       INTEGER NOT NULL,            -- 1 draft, 2 approved, 3 signed, 4 issued, 5 void
    version     INTEGER NOT NULL DEFAULT 0,  -- the present one; 0: none yet
    number_text TEXT NOT NULL DEFAULT '',    -- as printed: "15/2016"
    dated_on    INTEGER,                     -- day of the paper
    replaced_by INTEGER,                     -- of a void one: the document that stands instead
    created_at  INTEGER NOT NULL,
    issued_at   INTEGER,
    CONSTRAINT document_token_once UNIQUE (token),
    CONSTRAINT document_state CHECK (state BETWEEN 1 AND 5)
) STRICT;
CREATE INDEX document_subject ON document(subject, subject_id);

CREATE TABLE document_version (
    document INTEGER NOT NULL REFERENCES document(id),
    number   INTEGER NOT NULL,               -- 1, 2...
    file     INTEGER NOT NULL,
    sha256   TEXT NOT NULL,
    stage    TEXT NOT NULL,                  -- "draft", "signed", "sealed", "scan"
    made_at  INTEGER NOT NULL,
    party    INTEGER NOT NULL,
    post     INTEGER NOT NULL,
    for_post INTEGER NOT NULL,
    PRIMARY KEY (document, number)
) STRICT;
CREATE INDEX document_version_sha256 ON document_version(sha256);

CREATE TABLE document_event (
    id       INTEGER PRIMARY KEY,
    document INTEGER NOT NULL REFERENCES document(id),
    state    INTEGER NOT NULL,               -- it came to
    at       INTEGER NOT NULL,
    party    INTEGER NOT NULL,
    post     INTEGER NOT NULL,
    for_post INTEGER NOT NULL,
    reason   TEXT NOT NULL
) STRICT;
CREATE INDEX document_event_document ON document_event(document, id);

-- Legal numbers: one row per series and year, one per number given.
CREATE TABLE number_series (
    id          INTEGER PRIMARY KEY,
    agency      INTEGER NOT NULL,
    series      TEXT NOT NULL,               -- "outgoing", "receipts"
    year        INTEGER NOT NULL,
    last_number INTEGER NOT NULL,            -- given or taken over from paper
    CONSTRAINT number_series_once UNIQUE (agency, series, year),
    CONSTRAINT number_series_last CHECK (last_number >= 0)
) STRICT;
CREATE TABLE legal_number (
    series     INTEGER NOT NULL REFERENCES number_series(id),
    number     INTEGER NOT NULL,
    subject    TEXT NOT NULL,                -- what took it: "document"
    subject_id INTEGER NOT NULL,
    taken_at   INTEGER NOT NULL,
    CONSTRAINT legal_number_once UNIQUE (series, number),
    CONSTRAINT legal_number_positive CHECK (number > 0)
) STRICT;
CREATE INDEX legal_number_subject ON legal_number(subject, subject_id);

-- Who can sign, with keys on this server: sealed, bound to the certificate.
CREATE TABLE signing_credential (
    id          INTEGER PRIMARY KEY,
    holder      TEXT NOT NULL,               -- "party", "agency"
    holder_id   INTEGER NOT NULL,
    certificate BLOB NOT NULL,               -- DER
    chain       BLOB NOT NULL,               -- DER one after another, nearest issuer first
    sealed_key  BLOB NOT NULL,
    valid_from  INTEGER NOT NULL,
    valid_to    INTEGER NOT NULL,
    added_at    INTEGER NOT NULL,
    retired_at  INTEGER
) STRICT;
CREATE INDEX signing_credential_holder ON signing_credential(holder, holder_id);

-- What was decided to be signed, frozen; done after the commit.
CREATE TABLE signing_job (
    id           INTEGER PRIMARY KEY,
    document     INTEGER NOT NULL REFERENCES document(id),
    frozen       BLOB NOT NULL,              -- JSON, sealed
    state        INTEGER NOT NULL,           -- 1 waiting, 2 done
    requested_at INTEGER NOT NULL,
    party        INTEGER NOT NULL,           -- who decided it
    post         INTEGER NOT NULL,
    for_post     INTEGER NOT NULL,
    agency       INTEGER NOT NULL,
    done_at      INTEGER,
    version      INTEGER,                    -- it made
    CONSTRAINT signing_job_state CHECK (state BETWEEN 1 AND 2)
) STRICT;
CREATE INDEX signing_job_document ON signing_job(document);
