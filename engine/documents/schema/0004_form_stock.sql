-- Pre-printed forms across levels: who holds which range now, hand-overs with both sides, forms that are lost.
CREATE TABLE blank_holding (
    id           INTEGER PRIMARY KEY,
    kind         TEXT NOT NULL,
    series       TEXT NOT NULL,
    first_serial INTEGER NOT NULL,
    last_serial  INTEGER NOT NULL,
    agency       INTEGER NOT NULL,           -- that holds it; while on the way, that sent it
    hand_over    INTEGER NOT NULL,           -- on the way with this one; 0: in its hands
    CONSTRAINT blank_holding_once UNIQUE (kind, series, first_serial),
    CONSTRAINT blank_holding_range CHECK (first_serial > 0 AND last_serial >= first_serial)
) STRICT;
CREATE INDEX blank_holding_agency ON blank_holding(agency, kind, hand_over);
INSERT INTO blank_holding (id, kind, series, first_serial, last_serial, agency, hand_over)
SELECT id, kind, series, first_serial, last_serial, agency, 0 FROM blank_receipt;

CREATE TABLE blank_hand_over (
    id           INTEGER PRIMARY KEY,
    kind         TEXT NOT NULL,
    series       TEXT NOT NULL,
    first_serial INTEGER NOT NULL,
    last_serial  INTEGER NOT NULL,
    from_agency  INTEGER NOT NULL,
    to_agency    INTEGER NOT NULL,
    sent_at      INTEGER NOT NULL,
    sent_party   INTEGER NOT NULL,
    sent_post    INTEGER NOT NULL,
    minutes      TEXT NOT NULL,
    CONSTRAINT blank_hand_over_range CHECK (first_serial > 0 AND last_serial >= first_serial),
    CONSTRAINT blank_hand_over_sides CHECK (from_agency <> to_agency)
) STRICT;
CREATE INDEX blank_hand_over_from ON blank_hand_over(from_agency, kind);
CREATE INDEX blank_hand_over_to ON blank_hand_over(to_agency, kind);
CREATE INDEX blank_hand_over_range ON blank_hand_over(kind, series, first_serial);

-- What came of a hand-over: counted in by the other side, or taken back by the sender. Several rows while a difference is cleared.
CREATE TABLE blank_arrival (
    id           INTEGER PRIMARY KEY,
    hand_over    INTEGER NOT NULL REFERENCES blank_hand_over(id),
    first_serial INTEGER NOT NULL,
    last_serial  INTEGER NOT NULL,
    agency       INTEGER NOT NULL,           -- whose hands it came to: the other side, or the sender again
    at           INTEGER NOT NULL,
    party        INTEGER NOT NULL,
    post         INTEGER NOT NULL,
    words        TEXT NOT NULL               -- minutes of the receiver, why it came back
) STRICT;
CREATE INDEX blank_arrival_hand_over ON blank_arrival(hand_over);
CREATE INDEX blank_arrival_agency ON blank_arrival(agency);

-- State 4: lost, with minutes. The bound of the first table does not know it.
CREATE TABLE blank_state (
    kind         TEXT NOT NULL,
    series       TEXT NOT NULL,
    serial       INTEGER NOT NULL,
    agency       INTEGER NOT NULL,
    state        INTEGER NOT NULL,           -- 1 issued, 2 spoiled, 3 destroyed, 4 lost
    document     INTEGER NOT NULL,
    changed_at   INTEGER NOT NULL,
    CONSTRAINT blank_state_once UNIQUE (kind, series, serial),
    CONSTRAINT blank_state_known CHECK (state BETWEEN 1 AND 4)
) STRICT;
INSERT INTO blank_state (kind, series, serial, agency, state, document, changed_at)
SELECT kind, series, serial, agency, state, document, changed_at FROM blank_use;
DROP TABLE blank_use;
ALTER TABLE blank_state RENAME TO blank_use;
CREATE INDEX blank_use_agency ON blank_use(kind, agency, state);
