-- Words of everything searched, see text_index.h; the rowid is the subject. Only words of a-z and 0-9 come in.
CREATE VIRTUAL TABLE text_hits USING fts5(words, tokenize = 'ascii', detail = 'none', columnsize = 0);
