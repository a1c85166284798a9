-- What people were told, and how it reached them. Texts and contacts are encrypted: a text may be a one-time code.
CREATE TABLE notice (
    id             INTEGER PRIMARY KEY,
    party          INTEGER NOT NULL,      -- 0: a contact that belongs to nobody yet
    what           TEXT NOT NULL,
    subject        TEXT NOT NULL,
    subject_id     INTEGER NOT NULL,
    path           TEXT NOT NULL,
    title_sealed   BLOB NOT NULL,
    body_sealed    BLOB NOT NULL,
    in_inbox       INTEGER NOT NULL CHECK (in_inbox IN (0, 1)),
    at             INTEGER NOT NULL,
    read_at        INTEGER
) STRICT;
CREATE INDEX notice_party ON notice (party, in_inbox, id);
CREATE INDEX notice_subject ON notice (subject, subject_id);

CREATE TABLE notice_delivery (
    id             INTEGER PRIMARY KEY,
    notice         INTEGER NOT NULL REFERENCES notice (id),
    channel        INTEGER NOT NULL CHECK (channel BETWEEN 2 AND 4),    -- SMS, e-mail, post
    contact_sealed BLOB NOT NULL,
    contact_masked TEXT NOT NULL,
    text_sealed    BLOB NOT NULL,
    state          INTEGER NOT NULL CHECK (state BETWEEN 1 AND 3),      -- queued, sent, failed
    tries          INTEGER NOT NULL,
    reason         TEXT NOT NULL,
    queued_at      INTEGER NOT NULL,
    sent_at        INTEGER
) STRICT;
CREATE INDEX notice_delivery_notice ON notice_delivery (notice);
CREATE INDEX notice_delivery_state ON notice_delivery (state, id);

CREATE TABLE notice_preference (
    party INTEGER PRIMARY KEY,
    sms   INTEGER NOT NULL CHECK (sms IN (0, 1)),
    email INTEGER NOT NULL CHECK (email IN (0, 1))
) STRICT;
