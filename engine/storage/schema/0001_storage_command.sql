-- One row a command that committed on PostgreSQL: asked when the answer to COMMIT was lost. Kept for a day.
CREATE TABLE storage_command (
    id          INTEGER PRIMARY KEY,        -- random, made by the server that ran it
    ended_at    INTEGER NOT NULL            -- microseconds since 1970, UTC
) STRICT;
CREATE INDEX storage_command_ended ON storage_command(ended_at);
