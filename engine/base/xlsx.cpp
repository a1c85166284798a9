#include "engine/base/xlsx.h"

#include <fmt/format.h>
#include <zip.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <memory>
#include <set>
#include <stdexcept>

#include "engine/base/day.h"
#include "engine/base/vietnamese.h"
#include "engine/base/xml.h"
#include "engine/base/zip.h"

namespace thien_an::xlsx {
namespace {

const Problem not_a_workbook{.code = "xlsx.not_a_workbook", .field = "", .law = ""};
const Problem broken{.code = "xlsx.broken", .field = "", .law = ""};
const Problem too_large{.code = "xlsx.too_large", .field = "", .law = ""};

struct CloseZip {
    void operator()(zip_t* z) const { zip_discard(z); }
};
struct CloseFile {
    void operator()(zip_file_t* f) const { zip_fclose(f); }
};

/// The parts of a workbook, unpacked within one bound.
class Package {
public:
    static Result<Package> open(std::string_view bytes, Limits limits)
    {
        if (bytes.size() > limits.bytes_max) return too_large;
        zip_error_t error;
        zip_error_init(&error);
        auto* source = zip_source_buffer_create(bytes.data(), bytes.size(), 0, &error);
        auto* archive = source == nullptr ? nullptr : zip_open_from_source(source, ZIP_RDONLY, &error);
        zip_error_fini(&error);
        if (archive == nullptr) {
            if (source != nullptr) zip_source_free(source);
            return not_a_workbook;
        }
        Package package(archive, limits.unpacked_bytes_max);
        if (std::size_t(zip_get_num_entries(archive, 0)) > limits.parts_max) return too_large;
        return package;
    }

    /// Null when there is no such part.
    Result<std::shared_ptr<xml::Element>> part(const std::string& name)
    {
        zip_stat_t facts;
        zip_stat_init(&facts);
        if (zip_stat(archive_.get(), name.c_str(), 0, &facts) != 0) return std::shared_ptr<xml::Element>{};
        // The size is what the archive says; reading stops there, so a lie gains nothing.
        if ((facts.valid & ZIP_STAT_SIZE) == 0 || facts.size > left_) return too_large;
        left_ -= std::size_t(facts.size);
        const std::unique_ptr<zip_file_t, CloseFile> file{zip_fopen(archive_.get(), name.c_str(), 0)};
        if (!file) return broken;
        std::string text(std::size_t(facts.size), '\0');
        if (zip_fread(file.get(), text.data(), text.size()) != zip_int64_t(text.size())) return broken;
        auto parsed = xml::parse(text, {.bytes_max = text.size() + 1, .depth_max = 50});
        if (!parsed) return broken;
        return std::shared_ptr<xml::Element>(std::move(parsed).value());
    }

private:
    Package(zip_t* archive, std::size_t left) : archive_(archive), left_(left) {}

    std::unique_ptr<zip_t, CloseZip> archive_;
    std::size_t left_;
};

std::int64_t integer(std::string_view text, std::int64_t otherwise)
{
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc{} && end == text.data() + text.size() ? value : otherwise;
}

/// "BC12" -> 54, counted from 0; -1 when there are no letters.
std::int64_t column_of(std::string_view reference)
{
    std::int64_t column = 0;
    for (const char c : reference) {
        if (c < 'A' || c > 'Z' || column > 20'000) break;
        column = column * 26 + (c - 'A' + 1);
    }
    return column - 1;
}

/// The name of the first sheet's part: xl/workbook.xml names a relation, the relations name the part.
Result<std::string> first_sheet(Package& package)
{
    const auto workbook = TRY(package.part("xl/workbook.xml"));
    const auto relations = TRY(package.part("xl/_rels/workbook.xml.rels"));
    if (!workbook || !relations) return not_a_workbook;
    const auto* sheets = workbook->child("sheets");
    const auto* sheet = sheets == nullptr ? nullptr : sheets->child("sheet");
    if (sheet == nullptr) return broken;
    const auto id =
        sheet->attribute_in("http://schemas.openxmlformats.org/officeDocument/2006/relationships", "id")
            .value_or("");
    for (const auto* relation : relations->children("Relationship")) {
        if (relation->attribute("Id") != id) continue;
        const auto target = relation->attribute("Target");
        return target.starts_with('/') ? target.substr(1) : "xl/" + target;
    }
    return broken;
}

Result<std::vector<std::string>> shared_texts(Package& package)
{
    std::vector<std::string> texts;
    const auto part = TRY(package.part("xl/sharedStrings.xml"));
    if (!part) return texts;
    for (const auto* item : part->children("si")) {
        std::string text;
        if (const auto* plain = item->child("t")) text = plain->text();
        for (const auto* run : item->children("r"))
            if (const auto* t = run->child("t")) text += t->text();
        texts.push_back(std::move(text));
    }
    return texts;
}

bool is_date_format(std::string_view code)
{
    bool quoted = false;
    for (const char c : code) {
        if (c == '"') quoted = !quoted;
        if (!quoted && (c == 'y' || c == 'd' || c == 'Y' || c == 'D')) return true;
    }
    return false;
}

/// Which cell styles show a date.
Result<std::set<std::int64_t>> date_styles(Package& package)
{
    std::set<std::int64_t> styles;
    const auto part = TRY(package.part("xl/styles.xml"));
    if (!part) return styles;
    std::set<std::int64_t> formats{14, 15, 16, 17, 22};
    if (const auto* own = part->child("numFmts"))
        for (const auto* format : own->children("numFmt"))
            if (is_date_format(format->attribute("formatCode")))
                formats.insert(integer(format->attribute("numFmtId"), -1));
    if (const auto* cells = part->child("cellXfs")) {
        std::int64_t index = 0;
        for (const auto* style : cells->children("xf")) {
            if (formats.contains(integer(style->attribute("numFmtId"), 0))) styles.insert(index);
            ++index;
        }
    }
    return styles;
}

/// A spreadsheet's day number: 1 is 1900-01-01, and it believes in a 29 February 1900.
std::string day_text(const std::string& number)
{
    double serial = 0;
    const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), serial);
    if (error != std::errc{} || serial < 61 || serial > 2'958'465) return number;
    constexpr Day start = std::chrono::year{1899} / 12 / 30;
    return iso(start + std::chrono::days{std::int64_t(std::floor(serial))});
}

struct Styles {
    std::vector<std::string> texts;
    std::set<std::int64_t> dates;
};

Result<std::string> cell_text(const xml::Element& cell, const Styles& styles)
{
    const auto type = cell.attribute("t");
    if (type == "inlineStr") {
        const auto* inside = cell.child("is");
        return inside == nullptr ? std::string{} : inside->text();
    }
    const auto* held = cell.child("v");
    const auto value = held == nullptr ? std::string{} : held->text();
    if (type == "s") {
        const auto index = integer(value, -1);
        if (index < 0 || std::size_t(index) >= styles.texts.size()) return broken;
        return styles.texts[std::size_t(index)];
    }
    if (type == "b") return std::string(value == "1" ? "true" : "false");
    const bool number = type.empty() || type == "n";
    if (number && styles.dates.contains(integer(cell.attribute("s"), -1))) return day_text(value);
    return value;
}

Result<csv::Table> table_of(const xml::Element& sheet, const Styles& styles, const csv::Limits& limits)
{
    csv::Table table;
    const auto* data = sheet.child("sheetData");
    if (data == nullptr) return broken;
    for (const auto* row : data->children("row")) {
        const auto number = integer(row->attribute("r"), std::int64_t(table.size()) + 1);
        if (number <= std::int64_t(table.size()) || number > std::int64_t(limits.rows_max)) return too_large;
        table.resize(std::size_t(number));
        auto& cells = table.back();
        for (const auto* cell : row->children("c")) {
            const auto reference = cell->attribute("r");
            const auto column = reference.empty() ? std::int64_t(cells.size()) : column_of(reference);
            if (column < 0 || column >= std::int64_t(limits.columns_max)) return too_large;
            if (std::size_t(column) >= cells.size()) cells.resize(std::size_t(column) + 1);
            cells[std::size_t(column)] = TRY(cell_text(*cell, styles));
        }
    }
    return table;
}

std::string sheet_xml(const csv::Table& table)
{
    std::string out =
        R"(<?xml version="1.0" encoding="UTF-8" standalone="yes"?>)"
        R"(<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>)";
    for (const auto& row : table) {
        out += "<row>";
        for (const auto& cell : row) {
            // Control characters have no place in XML 1.0.
            std::string clean;
            for (const char c : cell)
                if (static_cast<unsigned char>(c) >= ' ' || c == '\n' || c == '\t') clean += c;
            out += R"(<c t="inlineStr"><is><t xml:space="preserve">)" + xml::escaped(clean) + "</t></is></c>";
        }
        out += "</row>";
    }
    return out + "</sheetData></worksheet>";
}

}  // namespace

Result<csv::Table> parse(std::string_view bytes, Limits limits)
{
    auto package = TRY(Package::open(bytes, limits));
    const auto name = TRY(first_sheet(package));
    const Styles styles{TRY(shared_texts(package)), TRY(date_styles(package))};
    const auto sheet = TRY(package.part(name));
    if (!sheet) return broken;
    return table_of(*sheet, styles, limits.table);
}

std::string bytes_of(const csv::Table& table, std::string_view sheet_name)
{
    const std::string head = R"(<?xml version="1.0" encoding="UTF-8" standalone="yes"?>)";
    const std::string types =
        head +
        R"(<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">)"
        R"(<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>)"
        R"(<Default Extension="xml" ContentType="application/xml"/>)"
        R"(<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>)"
        R"(<Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>)"
        R"(</Types>)";
    const std::string relation_start =
        head +
        R"(<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" )"
        R"(Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/)";
    const std::string root_relations =
        relation_start + R"(officeDocument" Target="xl/workbook.xml"/></Relationships>)";
    const std::string book_relations =
        relation_start + R"(worksheet" Target="worksheets/sheet1.xml"/></Relationships>)";
    const std::string book =
        head +
        R"(<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" )"
        R"(xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name=")" +
        xml::escaped(sheet_name) + R"(" sheetId="1" r:id="r1"/></sheets></workbook>)";
    const std::string sheet = sheet_xml(table);
    return zip::bytes_of(
        {{"[Content_Types].xml", types},
         {"_rels/.rels", root_relations},
         {"xl/workbook.xml", book},
         {"xl/_rels/workbook.xml.rels", book_relations},
         {"xl/worksheets/sheet1.xml", sheet}}
    );
}

}  // namespace thien_an::xlsx
