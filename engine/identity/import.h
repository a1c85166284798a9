#pragma once

#include <map>
#include <string>
#include <vector>

#include "engine/identity/accounts.h"

/// People and posts in bulk, from rows of a spreadsheet: errors by row, a dry run, then all or nothing.
namespace thien_an::identity {

/// One row, by the heads of its columns, folded: "ho va ten", "ma co quan", "vi tri", "dien thoai", "email",
/// "ten dang nhap", "so dinh danh", "tu ngay"; English heads are taken too.
struct ImportRow {
    int line;  ///< As the spreadsheet numbers it.
    std::map<std::string, std::string> cells;
};
struct RowError {
    int line;
    std::string column;
    Problem problem;
};
struct ImportedPerson {
    int line;
    std::string name;
    std::string login;
    std::string password;  ///< Made for a new account; empty when the person had one or in a dry run.
    std::string post;
    std::string agency;
};
struct ImportReport {
    std::vector<RowError> errors;
    std::vector<ImportedPerson> people;
    bool done = false;  ///< Written; never with errors.
};

enum class ImportMode { dry_run, confirm };

/// At most 2,000 rows. The actor needs "people.manage" for each agency named: rows of others are errors.
Result<ImportReport> import_people(
    const Means& means, const Actor& actor, const std::vector<ImportRow>& rows, ImportMode mode
);

}  // namespace thien_an::identity
