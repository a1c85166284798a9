-- Which agencies stand in the place of one that ended, through as many changes as it took. Made from agency_version
-- and agency_successor: what an ended agency had, its heirs see.
CREATE TABLE agency_heir (
    heir       INTEGER NOT NULL,
    ended      INTEGER NOT NULL,
    valid_from INTEGER NOT NULL,     -- the day the heir took over
    PRIMARY KEY (heir, ended)
) STRICT;
CREATE INDEX agency_heir_ended ON agency_heir (ended);
