-- Who may write an agency's books: the centre, or the node that holds the open lease.
CREATE TABLE register_lease (
    id            INTEGER PRIMARY KEY,
    agency        INTEGER NOT NULL,
    node          TEXT NOT NULL,               -- as people call the machine
    node_key      BLOB NOT NULL,               -- Ed25519, public: the node's lines are signed with it
    epoch         INTEGER NOT NULL,            -- of the agency; only rises
    granted_at    INTEGER NOT NULL,
    until         INTEGER NOT NULL,            -- the node writes no more from then on
    granted_party INTEGER NOT NULL,
    granted_post  INTEGER NOT NULL,
    here          INTEGER NOT NULL DEFAULT 0,  -- 1 in the database of the node itself
    carried       INTEGER NOT NULL DEFAULT 0,  -- 1 only inside the transaction of a command that carries the lease
    ended_at      INTEGER,                     -- null while it is open
    ended_how     TEXT,                        -- "returned", "taken_back", "forked"
    decision      TEXT NOT NULL DEFAULT '',    -- number and day of the decision that took it back
    ended_party   INTEGER NOT NULL DEFAULT 0,
    ended_post    INTEGER NOT NULL DEFAULT 0,
    CONSTRAINT register_lease_epoch_once UNIQUE (agency, epoch)
) STRICT;
CREATE UNIQUE INDEX register_lease_one_open ON register_lease(agency) WHERE ended_at IS NULL;
