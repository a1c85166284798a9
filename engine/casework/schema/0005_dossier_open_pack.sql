-- Running dossiers of older versions of a procedure, to be moved to the one in force.
CREATE INDEX dossier_open_pack ON dossier(procedure, id) WHERE is_open = 1;
