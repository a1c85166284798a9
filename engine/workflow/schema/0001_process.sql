-- Running and finished processes. `state` is what the pure step works on (docs: engine/workflow/step.h); it is empty
-- once the process has ended. What lists and queues ask for has rows of its own.
CREATE TABLE process_instance (
    id          INTEGER PRIMARY KEY,
    definition  INTEGER NOT NULL,            -- the host's id of the version; kept for the instance's life
    owner       INTEGER NOT NULL,            -- the host's id of what it is about
    key         TEXT NOT NULL,               -- business key
    agency      INTEGER NOT NULL,
    status      INTEGER NOT NULL CHECK (status BETWEEN 1 AND 3),   -- 1 running, 2 completed, 3 cancelled
    started     INTEGER NOT NULL,
    ended       INTEGER,
    version     INTEGER NOT NULL,            -- one more with each command
    state       TEXT NOT NULL,               -- JSON: tokens, scopes, waits, variables, nodes left, flows walked
    clock       TEXT,                        -- JSON ledger of the statutory limit; null: not started
    clock_due   INTEGER,                     -- derived; null: none, suspended or stopped
    rung_at     INTEGER,                     -- next rung of the statutory clock
    next_at     INTEGER                      -- soonest timer or rung; null: nothing to wake for
) STRICT;
CREATE INDEX process_instance_owner ON process_instance(owner);
CREATE INDEX process_instance_next ON process_instance(next_at) WHERE next_at IS NOT NULL;
CREATE INDEX process_instance_clock ON process_instance(agency, id) WHERE clock_due IS NOT NULL;

CREATE TABLE work_task (
    id           INTEGER PRIMARY KEY,
    instance     INTEGER NOT NULL REFERENCES process_instance(id),
    owner        INTEGER NOT NULL,
    agency       INTEGER NOT NULL,
    node         TEXT NOT NULL,
    candidates   TEXT NOT NULL,              -- JSON list of post ids, as they were when the task was made
    assignee     INTEGER NOT NULL,           -- post; 0: not claimed
    claimed_by   INTEGER NOT NULL,           -- party; 0: nobody
    delegated_by INTEGER NOT NULL,           -- post that lent it out; 0: not lent
    status       INTEGER NOT NULL CHECK (status BETWEEN 1 AND 3),  -- 1 open, 2 completed, 3 withdrawn
    created      INTEGER NOT NULL,
    due          INTEGER,                    -- of the step
    sort_key     INTEGER NOT NULL,           -- soonest of step and statutory due
    ledger       TEXT,                       -- JSON ledger of the step; null: without budget
    rung_at      INTEGER,
    done         INTEGER,
    done_by      INTEGER NOT NULL,           -- party
    done_as      INTEGER NOT NULL,           -- post
    outcome      TEXT NOT NULL,
    form         TEXT NOT NULL
) STRICT;
CREATE INDEX work_task_instance ON work_task(instance, id);
CREATE INDEX work_task_agency ON work_task(agency, sort_key, id) WHERE status = 1;
CREATE INDEX work_task_open ON work_task(sort_key, id) WHERE status = 1;
CREATE INDEX work_task_claimed ON work_task(claimed_by, sort_key, id) WHERE status = 1;

-- Open tasks by who may take them, in order of deadline: the officer's queue.
CREATE TABLE work_task_candidate (
    post     INTEGER NOT NULL,
    sort_key INTEGER NOT NULL,
    task     INTEGER NOT NULL REFERENCES work_task(id),
    PRIMARY KEY (post, sort_key, task)
) STRICT;
CREATE INDEX work_task_candidate_task ON work_task_candidate(task);

CREATE TABLE process_subscription (
    id       INTEGER PRIMARY KEY,            -- of the wait
    instance INTEGER NOT NULL REFERENCES process_instance(id),
    name     TEXT NOT NULL,
    key      TEXT NOT NULL
) STRICT;
CREATE INDEX process_subscription_name ON process_subscription(name, key);
CREATE INDEX process_subscription_instance ON process_subscription(instance);

-- Messages that came before anybody waited, and the ids of all that came with one.
CREATE TABLE process_message (
    id        INTEGER PRIMARY KEY,
    sender_id TEXT,                          -- unique at the sender; null: none given
    name      TEXT NOT NULL,
    key       TEXT NOT NULL,
    instance  INTEGER NOT NULL,              -- 0: any
    body      TEXT NOT NULL,                 -- JSON variables
    at        INTEGER NOT NULL,
    taken     INTEGER NOT NULL,              -- instance that took it; 0: waits
    CONSTRAINT process_message_once UNIQUE (sender_id)
) STRICT;
CREATE INDEX process_message_waiting ON process_message(name, key) WHERE taken = 0;

-- Runs of outbox actions; the id is the idempotency key.
CREATE TABLE process_call (
    id       INTEGER PRIMARY KEY,
    instance INTEGER NOT NULL REFERENCES process_instance(id),
    node     TEXT NOT NULL,
    action   TEXT NOT NULL,
    open     INTEGER NOT NULL CHECK (open IN (0, 1)),
    at       INTEGER NOT NULL
) STRICT;
CREATE INDEX process_call_instance ON process_call(instance);

CREATE TABLE process_incident (
    id       INTEGER PRIMARY KEY,
    instance INTEGER NOT NULL REFERENCES process_instance(id),
    owner    INTEGER NOT NULL,
    node     TEXT NOT NULL,
    token    INTEGER NOT NULL,
    problem  TEXT NOT NULL,                  -- JSON: code, words
    at       INTEGER NOT NULL,
    resolved INTEGER                         -- when; null: open
) STRICT;
CREATE INDEX process_incident_open ON process_incident(at) WHERE resolved IS NULL;
CREATE INDEX process_incident_instance ON process_incident(instance);

-- What happened; append only.
CREATE TABLE process_history (
    instance INTEGER NOT NULL,
    seq      INTEGER NOT NULL,
    at       INTEGER NOT NULL,
    command  TEXT NOT NULL,
    what     TEXT NOT NULL,
    node     TEXT NOT NULL,
    label_vi TEXT NOT NULL,                  -- public; '' is not shown
    label_en TEXT NOT NULL,
    party    INTEGER NOT NULL,
    post     INTEGER NOT NULL,
    detail   TEXT NOT NULL,                  -- JSON
    PRIMARY KEY (instance, seq)
) STRICT;

CREATE TABLE decision_log (
    id       INTEGER PRIMARY KEY,
    instance INTEGER NOT NULL,               -- 0: outside a process
    owner    INTEGER NOT NULL,
    decision TEXT NOT NULL,
    inputs   TEXT NOT NULL,
    rules    TEXT NOT NULL,
    output   TEXT NOT NULL,
    at       INTEGER NOT NULL
) STRICT;
CREATE INDEX decision_log_owner ON decision_log(owner, at);
