-- A form somebody has begun. Ends with the filing or after a time without change.
CREATE TABLE draft (
    id          INTEGER PRIMARY KEY,
    party       INTEGER NOT NULL,            -- 0: see visitor
    visitor     TEXT NOT NULL,               -- number of the signed cookie; "" for a party
    resume_hash BLOB NOT NULL,               -- of the code that finds it again
    procedure   TEXT NOT NULL,
    pack        INTEGER NOT NULL,
    agency      TEXT NOT NULL,
    step        TEXT NOT NULL,
    sealed      BLOB NOT NULL,               -- the answers, encrypted
    files       TEXT NOT NULL,               -- JSON list: paper, file, name, media_type, bytes
    changed_at  INTEGER NOT NULL
) STRICT;
CREATE INDEX draft_of_party ON draft(party, changed_at);
CREATE INDEX draft_of_visitor ON draft(visitor, changed_at);
CREATE INDEX draft_resume ON draft(resume_hash);

-- The state of a dossier: the fold of dossier_event, checked by a command.
CREATE TABLE dossier (
    id                INTEGER PRIMARY KEY,
    code              TEXT NOT NULL,
    procedure         TEXT NOT NULL,
    pack              INTEGER NOT NULL,
    agency            INTEGER NOT NULL,      -- decides
    received_at       INTEGER NOT NULL,      -- agency whose desk received it
    state             INTEGER NOT NULL,
    channel           TEXT NOT NULL,
    applicant         INTEGER NOT NULL,      -- party; 0: none known
    applicant_name    TEXT NOT NULL,
    applicant_contact BLOB NOT NULL,         -- phone, e-mail, address, encrypted
    title             TEXT NOT NULL,
    subject           TEXT NOT NULL,
    folded            TEXT NOT NULL,         -- code, applicant and subject, for searching
    filed_on          INTEGER NOT NULL,
    received_on       INTEGER,
    due               INTEGER,
    closed_on         INTEGER,
    instance          INTEGER NOT NULL,
    supplements_asked INTEGER NOT NULL,
    apologies         INTEGER NOT NULL,
    events            INTEGER NOT NULL,
    entry             INTEGER NOT NULL,
    entry_number      TEXT NOT NULL,
    fee               INTEGER NOT NULL,
    fee_reason        TEXT NOT NULL,
    rating            INTEGER NOT NULL,
    is_open           INTEGER NOT NULL,      -- 0 when closed
    CONSTRAINT dossier_code_once UNIQUE (code)
) STRICT;
CREATE INDEX dossier_open_due ON dossier(agency, is_open, due, id);
CREATE INDEX dossier_of_applicant ON dossier(applicant, id);

CREATE TABLE dossier_event (
    dossier     INTEGER NOT NULL REFERENCES dossier(id),
    number      INTEGER NOT NULL,
    at          INTEGER NOT NULL,
    kind        TEXT NOT NULL,
    account     INTEGER NOT NULL,
    party       INTEGER NOT NULL,
    post        INTEGER NOT NULL,
    agency      INTEGER NOT NULL,
    for_post    INTEGER NOT NULL,
    channel     TEXT NOT NULL,
    body        TEXT NOT NULL,
    PRIMARY KEY (dossier, number)
) STRICT;

-- The answers as filed, and as amended.
CREATE TABLE dossier_form (
    id          INTEGER PRIMARY KEY,
    dossier     INTEGER NOT NULL REFERENCES dossier(id),
    version     INTEGER NOT NULL,
    at          INTEGER NOT NULL,
    sealed      BLOB NOT NULL,
    facts       TEXT NOT NULL,               -- JSON: what the rules found when it was filed
    CONSTRAINT dossier_form_once UNIQUE (dossier, version)
) STRICT;

CREATE TABLE dossier_paper (
    id          INTEGER PRIMARY KEY,
    dossier     INTEGER NOT NULL REFERENCES dossier(id),
    paper       TEXT NOT NULL,               -- "birth_notification", "receipt"
    version     INTEGER NOT NULL,
    file        INTEGER NOT NULL,
    name        TEXT NOT NULL,
    media_type  TEXT NOT NULL,
    bytes       INTEGER NOT NULL,
    sha256      TEXT NOT NULL,
    origin      TEXT NOT NULL,               -- "applicant", "desk", "made"
    signatures  INTEGER NOT NULL,
    number      TEXT NOT NULL,               -- legal number of a made paper; ""
    note        TEXT NOT NULL,
    at          INTEGER NOT NULL
) STRICT;
CREATE INDEX dossier_paper_of ON dossier_paper(dossier, id);
CREATE INDEX dossier_paper_sha256 ON dossier_paper(sha256);

-- Numbers of the day at each agency, and of papers and tracking books in a year.
CREATE TABLE dossier_sequence (
    agency      INTEGER NOT NULL,
    series      TEXT NOT NULL,               -- "code", "paper/receipt"
    period      INTEGER NOT NULL,            -- day, or year
    last        INTEGER NOT NULL,
    PRIMARY KEY (agency, series, period)
) STRICT;

-- A paper the documents room draws and signs after the commit; here is what waits for it.
CREATE TABLE paper_job (
    document    INTEGER PRIMARY KEY,
    dossier     INTEGER NOT NULL REFERENCES dossier(id),
    paper       TEXT NOT NULL,               -- "receipt", "certificate"
    call        INTEGER NOT NULL,            -- of the process, to answer; 0: nobody waits
    at          INTEGER NOT NULL
) STRICT;
CREATE INDEX paper_job_of ON paper_job(dossier, paper);

-- Live figures: commands append, a job folds, readers add both.
CREATE TABLE dossier_count_delta (
    id          INTEGER PRIMARY KEY,
    agency      INTEGER NOT NULL,
    procedure   TEXT NOT NULL,
    day         INTEGER NOT NULL,
    what        TEXT NOT NULL,
    amount      INTEGER NOT NULL
) STRICT;
CREATE TABLE dossier_count (
    agency      INTEGER NOT NULL,
    procedure   TEXT NOT NULL,
    day         INTEGER NOT NULL,
    what        TEXT NOT NULL,
    amount      INTEGER NOT NULL,
    PRIMARY KEY (agency, procedure, day, what)
) STRICT;
