-- Finished processes are kept for ever: what they leave behind is written once and short.
-- One row a command: `what` is '' then, seq that of the last of its lines, and `detail` a JSON list of them, each a list:
--   what: E entered, O task_opened, T both, C task_completed, X ended without an error; any other in full,
--   node (not after X),
--   then nothing ({}), or the task in base 36 and its outcome unless that is "done", or the detail itself.
-- `command` is D for complete, any other in full. A row with a `what` of its own is one line, as they were before.
CREATE TABLE process_history_packed (
    instance INTEGER NOT NULL,
    seq      INTEGER NOT NULL,
    at       INTEGER NOT NULL,
    command  TEXT NOT NULL,
    what     TEXT NOT NULL,
    node     TEXT NOT NULL,
    label_vi TEXT NOT NULL,                  -- of a line by itself: public; '' is not shown
    label_en TEXT NOT NULL,
    party    INTEGER NOT NULL,
    post     INTEGER NOT NULL,
    detail   TEXT NOT NULL,                  -- JSON
    PRIMARY KEY (instance, seq)
) STRICT, WITHOUT ROWID;
INSERT INTO process_history_packed (instance, seq, at, command, what, node, label_vi, label_en, party, post, detail)
SELECT instance, seq, at, command, what, node, label_vi, label_en, party, post, detail FROM process_history;
DROP TABLE process_history;
ALTER TABLE process_history_packed RENAME TO process_history;

-- What the public reads about a node, once for each version of a process that ever ran.
CREATE TABLE process_label (
    definition INTEGER NOT NULL,
    node       TEXT NOT NULL,
    vi         TEXT NOT NULL,
    en         TEXT NOT NULL,
    PRIMARY KEY (definition, node)
) STRICT, WITHOUT ROWID;

-- Texts that many rows share, each once: those rows have "~" and the id in base 36 (path of an ended instance, candidates of
-- a task that is not open).
CREATE TABLE process_text (
    id   INTEGER PRIMARY KEY,                -- from the text itself; a second text with the same id stays in its row
    text TEXT NOT NULL
) STRICT;

-- Nothing asks for these.
DROP INDEX work_task_agency;
DROP INDEX work_task_claimed;

-- The same rows, each in one place.
CREATE TABLE work_task_waiting (
    post     INTEGER NOT NULL,
    sort_key INTEGER NOT NULL,
    task     INTEGER NOT NULL REFERENCES work_task(id),
    PRIMARY KEY (post, sort_key, task)
) STRICT, WITHOUT ROWID;
INSERT INTO work_task_waiting (post, sort_key, task) SELECT post, sort_key, task FROM work_task_candidate;
DROP TABLE work_task_candidate;
ALTER TABLE work_task_waiting RENAME TO work_task_candidate;
CREATE INDEX work_task_candidate_task ON work_task_candidate(task);
