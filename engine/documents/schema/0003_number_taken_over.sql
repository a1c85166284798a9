-- Where a series begins in this database: after the numbers given on paper before.
ALTER TABLE number_series ADD COLUMN taken_over INTEGER NOT NULL DEFAULT 0;
