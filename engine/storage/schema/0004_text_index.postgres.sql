-- Words of everything searched, see text_index.h. The words come ready from the program: no parser of PostgreSQL
-- looks at them, so both databases hold the same.
CREATE TABLE text_row (
    subject BIGINT PRIMARY KEY,
    words   TSVECTOR NOT NULL
);
CREATE INDEX text_row_words ON text_row USING gin (words);
-- text_hits(?1) AS hit is written the same on both databases; the planner looks through it.
CREATE FUNCTION text_hits(wanted TEXT) RETURNS TABLE (rowid BIGINT) LANGUAGE sql STABLE
    AS 'SELECT subject FROM text_row WHERE words @@ wanted::tsquery';
