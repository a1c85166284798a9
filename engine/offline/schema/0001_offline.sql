-- The node itself: one row in its database, none at the centre.
CREATE TABLE offline_node (
    lease         INTEGER PRIMARY KEY,
    seed          BLOB NOT NULL,             -- of its signing key, sealed
    centre        TEXT NOT NULL,             -- address of the centre; "" while it is not known
    last_sequence INTEGER NOT NULL DEFAULT 0,
    last_hash     BLOB NOT NULL,             -- of the last line
    last_at       INTEGER NOT NULL,          -- instant of the last line
    came          INTEGER NOT NULL DEFAULT 0,  -- lines the centre said it has
    done          INTEGER NOT NULL DEFAULT 0,  -- lines the centre said it has settled
    conflicts     INTEGER NOT NULL DEFAULT 0,
    heard_at      INTEGER                    -- when the centre answered last
) STRICT;

-- Signed lines: at the node those it wrote, at the centre those that came. Never changed but for what became of them.
CREATE TABLE offline_line (
    id         INTEGER PRIMARY KEY,
    lease      INTEGER NOT NULL,
    sequence   INTEGER NOT NULL,             -- 1, 2... of the lease
    hash       BLOB NOT NULL,                -- of body; two of one sequence: a cloned node
    body       TEXT NOT NULL,                -- exactly the bytes that were signed
    signature  BLOB NOT NULL,
    dossier    TEXT NOT NULL,                -- code; "" none
    has_entry  INTEGER NOT NULL,             -- 1: a number of a book was given in it
    state      TEXT NOT NULL,                -- "own", "came", "done", "conflict", "accepted", "refused"
    problem    TEXT NOT NULL DEFAULT '',     -- JSON: why it is a conflict
    came_at    INTEGER NOT NULL,
    settled_at INTEGER,
    party      INTEGER NOT NULL DEFAULT 0,   -- who decided about a conflict
    post       INTEGER NOT NULL DEFAULT 0,
    reason     TEXT NOT NULL DEFAULT '',
    CONSTRAINT offline_line_once UNIQUE (lease, sequence, hash)
) STRICT;
CREATE INDEX offline_line_state ON offline_line(lease, state, sequence);

-- Files that came with the lines of a lease, under the row they have at the centre.
CREATE TABLE offline_file (
    lease  INTEGER NOT NULL,
    sha256 TEXT NOT NULL,
    file   INTEGER NOT NULL,
    PRIMARY KEY (lease, sha256)
) STRICT;
