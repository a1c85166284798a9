-- What a dossier asks of somebody outside the program (police records, a court, the ministry), and what came back.
-- Append only; the content of an answer is sealed.
CREATE TABLE outside_request (
    id          INTEGER PRIMARY KEY,         -- time-ordered; tells the receiver which one an answer is to
    dossier     INTEGER NOT NULL,
    receiver    TEXT NOT NULL,               -- "police", "court", "ministry"
    asked_at    INTEGER NOT NULL
) STRICT;
CREATE INDEX outside_request_of_dossier ON outside_request(dossier, id);

CREATE TABLE outside_receipt (
    request     INTEGER PRIMARY KEY,         -- taken over by the receiver: there is a number of its own
    reference   TEXT NOT NULL,
    sent_at     INTEGER NOT NULL
) STRICT;

CREATE TABLE outside_answer (
    id          INTEGER PRIMARY KEY,
    request     INTEGER NOT NULL,
    result      TEXT NOT NULL,               -- "clean", "records", "returned"...: what the process goes on by
    by_party    INTEGER NOT NULL,            -- who wrote it down from a letter; 0: it came by the line
    answered_at INTEGER NOT NULL,
    sealed      BLOB NOT NULL                -- the answer
) STRICT;
CREATE INDEX outside_answer_of_request ON outside_answer(request, id);
