-- Until it is received a dossier has no due day, but its desk answers by a moment: lists are in that order too.
ALTER TABLE dossier ADD COLUMN answer_by INTEGER;    -- null: filed before there was one, or of a procedure without
