#include <fmt/format.h>

#include <algorithm>

#include "engine/storage/sqlite_connection.h"

#include "programs/thienan/node_folder.h"

/// Which rows of the province a node takes along. A table that is not named here is taken along empty.
namespace thien_an::program {
namespace {

struct Part {
    std::string_view table;
    std::string_view rows;  ///< Condition of the rows that stay; {} is the agency.
};

constexpr std::string_view every = "1";

// Sets of ids are made once, before anything is deleted.
constexpr std::string_view sets = R"sql(
    CREATE TEMP TABLE node_dossier AS SELECT id FROM dossier WHERE agency = {0} AND is_open = 1;
    CREATE TEMP TABLE node_post AS SELECT id FROM post WHERE agency = {0};
    CREATE TEMP TABLE node_officer AS SELECT DISTINCT party AS id FROM post_holder WHERE post IN (SELECT id FROM node_post);
    CREATE TEMP TABLE node_party AS SELECT id FROM node_officer
        UNION SELECT applicant FROM dossier WHERE id IN (SELECT id FROM node_dossier);
    CREATE TEMP TABLE node_instance AS SELECT id FROM process_instance WHERE owner IN (SELECT id FROM node_dossier);
    CREATE TEMP TABLE node_document AS SELECT id FROM document
        WHERE subject = 'dossier' AND subject_id IN (SELECT id FROM node_dossier);
    CREATE TEMP TABLE node_series AS SELECT id FROM register_series WHERE agency = {0};
    CREATE TEMP TABLE node_entry AS SELECT id FROM register_entry WHERE series IN (SELECT id FROM node_series);
    CREATE TEMP TABLE node_file AS SELECT file AS id FROM dossier_paper WHERE dossier IN (SELECT id FROM node_dossier)
        UNION SELECT file FROM document_version WHERE document IN (SELECT id FROM node_document);)sql";

constexpr std::array parts{
    // The province itself and its packs.
    Part{"schema_migration", every},
    Part{"pack", every},
    Part{"pack_generation", every},
    Part{"desk_setting", every},
    Part{"province_file", every},
    Part{"unit", every},
    Part{"unit_successor", every},
    Part{"agency", every},
    Part{"agency_version", every},
    Part{"agency_successor", every},
    Part{"agency_below", every},
    Part{"agency_heir", every},
    Part{"permission", every},
    Part{"post_kind", every},
    Part{"post_kind_grant", every},
    Part{"post_kind_rule", every},
    Part{"post", every},
    Part{"process_label", every},
    Part{"process_text", every},
    Part{"process_hold", every},
    // People of the office, and whoever has an open dossier there.
    Part{"post_holder", "post IN (SELECT id FROM node_post)"},
    Part{"party", "id IN (SELECT id FROM node_party)"},
    Part{"account", "party IN (SELECT id FROM node_officer)"},
    Part{"account_login", "account IN (SELECT id FROM account WHERE party IN (SELECT id FROM node_officer))"},
    Part{"delegation", "from_post IN (SELECT id FROM node_post)"},
    Part{
        "signing_credential",
        "(holder = 'party' AND holder_id IN (SELECT id FROM node_officer)) OR (holder = 'agency' AND "
        "holder_id = {})"},
    // Its dossiers.
    Part{"dossier", "id IN (SELECT id FROM node_dossier)"},
    Part{"dossier_event", "dossier IN (SELECT id FROM node_dossier)"},
    Part{"dossier_form", "dossier IN (SELECT id FROM node_dossier)"},
    Part{"dossier_paper", "dossier IN (SELECT id FROM node_dossier)"},
    Part{"paper_job", "dossier IN (SELECT id FROM node_dossier)"},
    Part{"dossier_sequence", "agency = {}"},
    Part{"dossier_open_delta", "agency = {}"},
    Part{"dossier_open_count", "agency = {}"},
    Part{"file", "id IN (SELECT id FROM node_file)"},
    Part{"document", "id IN (SELECT id FROM node_document)"},
    Part{"document_version", "document IN (SELECT id FROM node_document)"},
    Part{"document_event", "document IN (SELECT id FROM node_document)"},
    Part{"signing_job", "document IN (SELECT id FROM node_document)"},
    Part{"number_series", "agency = {}"},
    Part{"legal_number", "series IN (SELECT id FROM number_series WHERE agency = {})"},
    Part{"blank_receipt", "agency = {}"},
    Part{"blank_use", "agency = {}"},
    Part{"blank_event", "agency = {}"},
    Part{"form_printer", "agency = {}"},
    // Their processes.
    Part{"process_instance", "id IN (SELECT id FROM node_instance)"},
    Part{"work_task", "instance IN (SELECT id FROM node_instance)"},
    Part{
        "work_task_candidate",
        "task IN (SELECT id FROM work_task WHERE instance IN (SELECT id FROM node_instance))"},
    Part{"process_subscription", "instance IN (SELECT id FROM node_instance)"},
    Part{"process_message", "instance IN (SELECT id FROM node_instance)"},
    Part{"process_call", "instance IN (SELECT id FROM node_instance)"},
    Part{"process_incident", "instance IN (SELECT id FROM node_instance)"},
    Part{"process_history", "instance IN (SELECT id FROM node_instance)"},
    Part{"decision_log", "owner IN (SELECT id FROM node_dossier)"},
    // Its books.
    Part{"register_series", "id IN (SELECT id FROM node_series)"},
    Part{"register_book", "series IN (SELECT id FROM node_series)"},
    Part{"register_closing", "series IN (SELECT id FROM node_series)"},
    Part{"register_entry", "id IN (SELECT id FROM node_entry)"},
    Part{"register_note", "entry IN (SELECT id FROM node_entry)"},
    Part{"register_state", "entry IN (SELECT id FROM node_entry)"},
    Part{"register_index", "entry IN (SELECT id FROM node_entry)"},
    Part{"register_person", "entry IN (SELECT id FROM node_entry)"},
    Part{"register_person_key", "entry IN (SELECT id FROM node_entry)"},
    Part{"register_person_index", every},
    Part{"register_person_fresh", "entry IN (SELECT id FROM node_entry)"},
    Part{
        "register_person_link",
        "entry IN (SELECT id FROM node_entry) AND other IN (SELECT id FROM node_entry)"}};

/// Tables with rows of their own; those of the text index apart.
std::vector<std::string> tables_of(storage::SqliteConnection& db)
{
    std::vector<std::string> names;
    for (const auto rows = db.query(
             R"sql(
             SELECT name FROM pragma_table_list
              WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name)sql",
             {}
         );
         rows->next();)
        names.emplace_back(rows->text(0));
    return names;
}

/// Deletes from `table` all rows but those that stay. Names come from the catalogue of the database, never from a person.
void keep_part(storage::SqliteConnection& db, const std::string& table, identity::AgencyId agency)
{
    const auto* part =
        std::find_if(parts.begin(), parts.end(), [&](const Part& one) { return one.table == table; });
    if (part == parts.end()) {
        db.run("DELETE FROM " + table);
    } else if (part->rows != every) {
        const auto rows = fmt::format(fmt::runtime(part->rows), agency.value);
        db.run(fmt::format("DELETE FROM {} WHERE NOT coalesce({}, 0)", table, rows));
    }
}

}  // namespace

void keep_rows_of(const std::filesystem::path& database, identity::AgencyId agency)
{
    storage::SqliteConnection db(database.string(), storage::SqliteAccess::write, "");
    db.run("PRAGMA foreign_keys = OFF");
    db.run("BEGIN");
    db.run_script(fmt::format(fmt::runtime(sets), agency.value));
    // Tables others refer to in a condition come last.
    auto tables = tables_of(db);
    std::stable_partition(tables.begin(), tables.end(), [](const std::string& table) {
        return table != "account" && table != "work_task" && table != "number_series";
    });
    for (const auto& table : tables) keep_part(db, table, agency);
    db.run("DELETE FROM text_hits WHERE rowid NOT IN (SELECT id FROM node_dossier)");
    db.run("COMMIT");
    if (db.query("PRAGMA foreign_key_check", {})->next())
        throw storage::StorageError("a row of the node refers to one that stayed at the centre");
    // Nothing of what was deleted stays in the file.
    db.run("VACUUM");
    db.run("PRAGMA wal_checkpoint(TRUNCATE)");
}

std::vector<std::string> contents_of(storage::Reader& db)
{
    constexpr int files_max = 1'000'000;
    std::vector<std::string> out;
    auto rows = db.query("SELECT DISTINCT sha256 FROM file ORDER BY sha256 LIMIT ?1", files_max);
    while (rows.next()) out.push_back(rows.text(0));
    return out;
}

}  // namespace thien_an::program
