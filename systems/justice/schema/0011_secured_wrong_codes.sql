-- Tries with a code that is not the registration's: after some of them it is refused for a while, the right code too.
-- Counts only, no part of the register: the row goes when the right code comes.
CREATE TABLE secured_wrong_code (
    registration INTEGER PRIMARY KEY,
    failures     INTEGER NOT NULL,
    locked_until INTEGER NOT NULL,           -- microseconds; before last_at: not locked
    last_at      INTEGER NOT NULL
) STRICT;
