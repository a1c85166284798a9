#include "engine/base/vietnamese.h"
#include "engine/documents/form_printers.h"

namespace thien_an::documents {
namespace {

Problem fault(std::string code, std::string field = "")
{
    return {.code = "documents." + std::move(code), .field = std::move(field), .law = ""};
}

FormPrinter printer_from(const storage::Rows& rows)
{
    return {rows.id<PrinterId>(0), rows.text(1), rows.integer(2), rows.integer(3)};
}

/// Trimmed, single spaces, composed.
std::string tidied(std::string_view typed)
{
    std::string out;
    for (const char c : nfc(typed))
        if (c != ' ' || (!out.empty() && out.back() != ' ')) out += c;
    if (!out.empty() && out.back() == ' ') out.pop_back();
    return out;
}

Result<Done> check(const FormPrinter& printer)
{
    constexpr std::size_t letters_max = 80;
    if (printer.name.empty() || letters(printer.name) > letters_max)
        return fault("printer_name_missing", "/name");
    if (std::abs(printer.right_tenths) > offset_tenths_max) return fault("bad_offset", "/right");
    if (std::abs(printer.down_tenths) > offset_tenths_max) return fault("bad_offset", "/down");
    return Done{};
}

}  // namespace

std::vector<FormPrinter> printers_of(storage::Reader& db, identity::AgencyId agency)
{
    auto rows = db.query(
        R"sql(
        SELECT id, name, right_tenths, down_tenths
          FROM form_printer
         WHERE agency = ?1             -- served by constraint form_printer_name
         ORDER BY name
         LIMIT 100)sql",
        agency
    );
    std::vector<FormPrinter> found;
    while (rows.next()) found.push_back(printer_from(rows));
    return found;
}

Result<FormPrinter> find_printer(storage::Reader& db, identity::AgencyId agency, PrinterId id)
{
    auto rows = db.query(
        "SELECT id, name, right_tenths, down_tenths FROM form_printer WHERE id = ?1 AND agency = ?2",
        id,
        agency
    );
    if (!rows.next()) return fault("no_such_printer");
    return printer_from(rows);
}

Result<PrinterId> save_printer(
    storage::Writer& db, const identity::Act& act, identity::AgencyId agency, const FormPrinter& asked
)
{
    auto printer = asked;
    if (!is_utf8(asked.name)) return fault("printer_name_missing", "/name");
    printer.name = tidied(asked.name);
    TRY(check(printer));
    for (const auto& other : printers_of(db, agency))
        if (other.name == printer.name && other.id != printer.id) return fault("printer_name_taken", "/name");
    if (printer.id) {
        TRY(find_printer(db, agency, printer.id));
    } else {
        printer.id = act.ids.next_as<PrinterTag>();
    }
    db.execute(
        R"sql(
        INSERT INTO form_printer (id, agency, name, right_tenths, down_tenths, changed_at, party, post)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
        ON CONFLICT (id) DO UPDATE SET name = ?3, right_tenths = ?4, down_tenths = ?5, changed_at = ?6,
                                       party = ?7, post = ?8)sql",
        printer.id,
        agency,
        printer.name,
        printer.right_tenths,
        printer.down_tenths,
        act.now,
        act.actor.party,
        act.actor.post
    );
    return printer.id;
}

Result<Done> remove_printer(storage::Writer& db, identity::AgencyId agency, PrinterId id)
{
    const auto gone = db.execute("DELETE FROM form_printer WHERE id = ?1 AND agency = ?2", id, agency);
    if (gone != 1) return fault("no_such_printer");
    return Done{};
}

}  // namespace thien_an::documents
