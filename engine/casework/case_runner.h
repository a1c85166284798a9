#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "engine/casework/actions.h"
#include "engine/casework/office.h"
#include "engine/storage/outbox.h"

/// Runs worked examples on the real rules, form, process, fees, clock and registers, each in a database of its own.
namespace thien_an::casework {

/// What the program brings: everything above this room.
struct CaseSetup {
    std::filesystem::path root;     ///< Holds province/ and systems/.
    std::filesystem::path scratch;  ///< An empty folder for databases and keys.
    std::vector<storage::Migration> migrations;
    /// The database every example starts from, kept for setups with the same rules, actions and migrations: the first
    /// fills it, the others read nothing anew. Empty: each setup reads everything.
    struct Prepared {
        std::filesystem::path folder;
        std::map<std::string, std::string> refused;  ///< By folder of data, with its first fault.
        bool made = false;
        std::filesystem::path database() const { return folder / "prepared.db"; }
    };
    std::shared_ptr<Prepared> prepared;
    /// A fresh database with the rows of the prepared SQLite file; empty: a copy of that file.
    std::function<std::unique_ptr<storage::Database>(const std::filesystem::path& prepared)> open_copy;
    std::function<void(RuleBook&)> add_rules;
    std::function<void(Actions&)> add_actions;
    std::function<void(Office&, storage::OutboxHandlers&)> add_handlers;
    /// Services outside: "population" -> what it answers next; nothing: it fails. The row's kind is run afterwards.
    struct Service {
        std::string outbox_kind;
        std::function<void(const std::optional<std::string>&)> answer_next;
    };
    std::map<std::string, Service> services;
};

struct CaseResult {
    std::filesystem::path file;
    bool passed = false;
    int line = 0;     ///< Where it failed.
    std::string why;  ///< "expected state filed, found received"
};

/// All *.case files at or below `paths`, in order of their names.
std::vector<std::filesystem::path> case_files(const std::vector<std::filesystem::path>& paths);
std::vector<CaseResult> run_cases(const CaseSetup& setup, const std::vector<std::filesystem::path>& files);

}  // namespace thien_an::casework
