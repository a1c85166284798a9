-- Processes that call others, that are held, that start by the clock; messages that are not kept for ever.
ALTER TABLE process_instance ADD COLUMN parent INTEGER NOT NULL DEFAULT 0;        -- instance that called it; 0: none
ALTER TABLE process_instance ADD COLUMN parent_wait INTEGER NOT NULL DEFAULT 0;   -- what of it waits for the end of this one
CREATE INDEX process_instance_parent ON process_instance(parent, parent_wait) WHERE parent <> 0;

ALTER TABLE process_message ADD COLUMN kind INTEGER NOT NULL DEFAULT 0;           -- 0 message or signal, 1 of the engine to an instance of its own
ALTER TABLE process_message ADD COLUMN keep_until INTEGER;                        -- null: as long as the instance lives
CREATE INDEX process_message_mail ON process_message(instance, id) WHERE kind = 1 AND taken = 0;
CREATE INDEX process_message_kept ON process_message(keep_until) WHERE taken = 0 AND keep_until IS NOT NULL;
CREATE INDEX process_message_for ON process_message(instance) WHERE kind = 0 AND taken = 0 AND instance <> 0;

-- What is held: nothing of it goes on until it is let go.
CREATE TABLE process_hold (
    id        INTEGER PRIMARY KEY,
    kind      INTEGER NOT NULL CHECK (kind BETWEEN 1 AND 3),   -- 1 instance, 2 version of a process, 3 agency
    what      INTEGER NOT NULL,                                -- its id
    since     INTEGER NOT NULL,
    reason    TEXT NOT NULL,
    party     INTEGER NOT NULL,
    post      INTEGER NOT NULL,
    ended     INTEGER,                                         -- null: still held
    ended_by  INTEGER NOT NULL,                                -- party; 0: not ended
    CONSTRAINT process_hold_ends CHECK (ended IS NOT NULL OR ended_by = 0)
) STRICT;
CREATE UNIQUE INDEX process_hold_open ON process_hold(kind, what) WHERE ended IS NULL;

-- Timer start events of processes in force.
CREATE TABLE process_schedule (
    id         INTEGER PRIMARY KEY,
    definition INTEGER NOT NULL,
    node       TEXT NOT NULL,
    agency     INTEGER NOT NULL,
    next_at    INTEGER NOT NULL,
    repeats    INTEGER NOT NULL,                               -- left after the next; -1: without end
    CONSTRAINT process_schedule_once UNIQUE (definition, node, agency)
) STRICT;
CREATE INDEX process_schedule_next ON process_schedule(next_at);
