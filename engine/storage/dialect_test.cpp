#include "engine/storage/dialect.h"

#include <doctest/doctest.h>

using namespace thien_an::storage;

TEST_CASE("places are renumbered for PostgreSQL, text in quotes and comments is left")
{
    CHECK(numbered_for_postgres("SELECT ?1, ?23 FROM t") == "SELECT $1, $23 FROM t");
    CHECK(
        numbered_for_postgres("SELECT '?1', \"?2\", ?3 -- ?4\n, ?5 /* ?6 */") ==
        "SELECT '?1', \"?2\", $3 -- ?4\n, $5 /* ?6 */"
    );
    CHECK(numbered_for_postgres("SELECT 'it''s ?1', ?2") == "SELECT 'it''s ?1', $2");
    CHECK(numbered_for_postgres("SELECT a ? b") == "SELECT a ? b");
    CHECK(numbered_for_postgres("SELECT 'open ?1") == "SELECT 'open ?1");
}

TEST_CASE("a schema in SQLite's words is one in PostgreSQL's")
{
    CHECK(
        schema_for_postgres("CREATE TABLE t (id INTEGER PRIMARY KEY, b BLOB) STRICT;") ==
        "CREATE TABLE t (id BIGINT PRIMARY KEY, b BYTEA) ;"
    );
    CHECK(
        schema_for_postgres("CREATE TABLE t (id integer) STRICT, WITHOUT ROWID;") ==
        "CREATE TABLE t (id BIGINT)  ;"
    );
    CHECK(
        schema_for_postgres("CREATE TABLE t (id INTEGER) WITHOUT ROWID, STRICT;") ==
        "CREATE TABLE t (id BIGINT)  ;"
    );
    CHECK(
        schema_for_postgres("-- INTEGER STRICT\nSELECT 'BLOB', strictly") ==
        "-- INTEGER STRICT\nSELECT 'BLOB', strictly"
    );
}
