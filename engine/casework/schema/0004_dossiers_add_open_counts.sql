-- Lists are in the order of what runs out next (next_deadline of dossier.h); the expression is the one the lists use.
DROP INDEX dossier_open_due;
CREATE INDEX dossier_open_until
    ON dossier(agency, (coalesce(CASE WHEN state = 1 THEN answer_by ELSE due END, 9223372036854775807)), id)
    WHERE is_open = 1;
-- For whoever sees every agency.
CREATE INDEX dossier_open_until_anywhere
    ON dossier((coalesce(CASE WHEN state = 1 THEN answer_by ELSE due END, 9223372036854775807)), id)
    WHERE is_open = 1;

-- How many open dossiers an agency has, by the day of what runs out next (counted_until of dossier.h): commands append,
-- a job folds, readers add both.
CREATE TABLE dossier_open_delta (
    id          INTEGER PRIMARY KEY,
    agency      INTEGER NOT NULL,
    until_day   INTEGER NOT NULL,            -- -1 waits for the applicant; 1000000 has no deadline
    amount      INTEGER NOT NULL
) STRICT;
CREATE INDEX dossier_open_delta_of ON dossier_open_delta(agency, until_day, amount);
CREATE TABLE dossier_open_count (
    agency      INTEGER NOT NULL,
    until_day   INTEGER NOT NULL,
    amount      INTEGER NOT NULL,
    PRIMARY KEY (agency, until_day)
) STRICT;
INSERT INTO dossier_open_count (agency, until_day, amount)
    SELECT agency,
           CASE WHEN state = 3 THEN -1
                WHEN state = 1 THEN coalesce((answer_by + 25200000000) / 86400000000, 1000000)
                ELSE coalesce((due + 25200000000) / 86400000000, 1000000) END,
           count(*)
      FROM dossier
     WHERE is_open = 1
     GROUP BY 1, 2;

-- Dossiers whose words are not in the text index yet: those filed before there were any. A job takes them out.
CREATE TABLE dossier_unindexed (
    dossier     INTEGER PRIMARY KEY
) STRICT;
INSERT INTO dossier_unindexed (dossier) SELECT id FROM dossier;
ALTER TABLE dossier DROP COLUMN folded;
