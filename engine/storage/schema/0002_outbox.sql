-- What must happen after a COMMIT: messages, timers, jobs. See outbox.h.
CREATE TABLE outbox (
    id              INTEGER PRIMARY KEY,
    kind            TEXT NOT NULL,
    aggregate_kind  TEXT NOT NULL,
    aggregate_id    INTEGER NOT NULL,           -- 0: no order
    payload         TEXT NOT NULL,              -- JSON
    idempotency_key TEXT NOT NULL,
    due             INTEGER NOT NULL,           -- microseconds since 1970; with id the order in one aggregate
    state           INTEGER NOT NULL,           -- 0 waiting, 1 claimed, 2 unknown outcome, 3 failed, 4 done
    next_try_at     INTEGER,                    -- when to look again; of a claimed row the end of its lease; NULL: never
    tries           INTEGER NOT NULL DEFAULT 0,
    fence           INTEGER NOT NULL DEFAULT 0, -- grows with every claim
    reason          TEXT NOT NULL DEFAULT '',   -- of the last try that failed
    ended_at        INTEGER,
    CONSTRAINT outbox_once UNIQUE (kind, idempotency_key),
    CONSTRAINT outbox_state CHECK (state BETWEEN 0 AND 4)
) STRICT;
CREATE INDEX outbox_next ON outbox(next_try_at) WHERE next_try_at IS NOT NULL;
CREATE INDEX outbox_order ON outbox(kind, aggregate_kind, aggregate_id, due, id) WHERE next_try_at IS NOT NULL;
CREATE INDEX outbox_ended ON outbox(ended_at) WHERE ended_at IS NOT NULL;

-- What a person must look at. See incidents.h.
CREATE TABLE incident (
    id              INTEGER PRIMARY KEY,
    kind            TEXT NOT NULL,
    aggregate_kind  TEXT NOT NULL,
    aggregate_id    INTEGER NOT NULL,
    reason          TEXT NOT NULL,
    outbox          INTEGER NOT NULL,           -- the row to send again; 0: none. Rows done long ago are deleted, so no key
    opened_at       INTEGER NOT NULL,
    closed_at       INTEGER,
    closed_by       INTEGER NOT NULL DEFAULT 0,
    note            TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX incident_open ON incident(id) WHERE closed_at IS NULL;
CREATE INDEX incident_outbox ON incident(outbox);
