#pragma once

#include <string>
#include <vector>

#include "engine/base/result.h"
#include "engine/identity/actor.h"
#include "engine/storage/database.h"

/// Printers pre-printed forms are put through: each lays its text a little beside the mark, and always the same way.
/// The SQL is in form_printers_store.cpp.
namespace thien_an::documents {

using PrinterId = Id<struct PrinterTag>;

/// A printer of an agency, with what its prints are moved by to meet the lines of the form.
struct FormPrinter {
    PrinterId id;  ///< 0: new.
    std::string name;
    std::int64_t right_tenths = 0;  ///< Tenths of a millimetre; negative: to the left.
    std::int64_t down_tenths = 0;   ///< Negative: up.
};
constexpr std::int64_t offset_tenths_max = 300;  ///< 30 mm: more is a sheet laid in wrongly.

/// By name, at most 100.
std::vector<FormPrinter> printers_of(storage::Reader& db, identity::AgencyId agency);
/// Problem "documents.no_such_printer" also for another agency's.
Result<FormPrinter> find_printer(storage::Reader& db, identity::AgencyId agency, PrinterId id);
/// Adds a printer or changes it. Problems "documents.printer_name_missing", "documents.printer_name_taken",
/// "documents.bad_offset" (beyond `offset_tenths_max`), "documents.no_such_printer".
Result<PrinterId> save_printer(
    storage::Writer& db, const identity::Act& act, identity::AgencyId agency, const FormPrinter& printer
);
/// Problem "documents.no_such_printer".
Result<Done> remove_printer(storage::Writer& db, identity::AgencyId agency, PrinterId id);

}  // namespace thien_an::documents
