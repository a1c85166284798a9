#include <fmt/format.h>

#include <charconv>

#include "engine/base/bytes.h"
#include "engine/base/xml.h"

#include "systems/civil_status/hospital_notice.h"

// Table 9 ("dữ liệu giấy chứng sinh") of the health-insurance data set: names and lengths of its 35 fields as QD 130/2023 and
// QD 4750/2023 have them; the names of the elements around them differ between programs, so any are taken.
namespace thien_an::civil_status {
namespace {

constexpr std::size_t bytes_max = 1024 * 1024;
constexpr int depth_max = 20;

Problem problem(std::string code, std::string_view field, int line = 0)
{
    Problem made{.code = "civil_status." + std::move(code), .field = "/" + std::string(field), .law = ""};
    if (line > 0) made.words = {{"line", std::to_string(line)}};
    return made;
}

std::string trimmed(std::string text)
{
    const auto space = [](char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; };
    while (!text.empty() && space(text.back())) text.pop_back();
    std::size_t first = 0;
    while (first < text.size() && space(text[first])) ++first;
    return text.substr(first);
}

std::string field(const xml::Element& record, std::string_view name)
{
    const auto* found = record.child(name);
    return found == nullptr ? "" : trimmed(found->text());
}

/// Every element that has the mother's name and the child's hour of birth: a record of table 9.
void gather(const xml::Element& from, std::vector<const xml::Element*>& records)
{
    if (from.child("HO_TEN_NND") != nullptr && from.child("NGAY_SINH_CON") != nullptr) {
        records.push_back(&from);
        return;
    }
    for (const auto* one : from.children()) gather(*one, records);
}

const xml::Element* below(const xml::Element& from, std::string_view name)
{
    if (from.name == name) return &from;
    for (const auto* one : from.children())
        if (const auto* found = below(*one, name)) return found;
    return nullptr;
}

/// Contents of the envelope's files that are table 9.
void gather_files(const xml::Element& from, std::vector<std::string>& contents)
{
    if (field(from, "LOAIHOSO") == "XML9") contents.push_back(field(from, "NOIDUNGFILE"));
    for (const auto* one : from.children()) gather_files(*one, contents);
}

std::optional<int> digits(std::string_view text, std::size_t from, std::size_t count)
{
    int number = 0;
    if (text.size() < from + count) return std::nullopt;
    const auto* end = text.data() + from + count;
    const auto [stop, error] = std::from_chars(text.data() + from, end, number);
    return error == std::errc{} && stop == end ? std::optional(number) : std::nullopt;
}

/// yyyymmdd
std::optional<Day> day_in(std::string_view text)
{
    constexpr std::size_t length = 8;
    if (text.size() < length) return std::nullopt;
    const auto day =
        parse_day(fmt::format("{}-{}-{}", text.substr(0, 4), text.substr(4, 2), text.substr(6, 2)));
    return day ? std::optional(day.value()) : std::nullopt;
}

/// yyyymmddHHMM, or yyyymmdd where the hour is not known.
Result<Done> read_hour(const std::string& text, Notice& notice)
{
    const auto bad = problem("notice_bad_value", "NGAY_SINH_CON");
    const auto day = day_in(text);
    if (!day) return bad;
    notice.time_known = text.size() == 12;
    if (!notice.time_known && text.size() != 8) return bad;
    Minutes time{0};
    if (notice.time_known) {
        const auto hour = digits(text, 8, 2), minute = digits(text, 10, 2);
        if (!hour || !minute || *hour > 23 || *minute > 59) return bad;
        time = std::chrono::hours{*hour} + Minutes{*minute};
    }
    notice.at = at(*day, time);
    return Done{};
}

Result<Done> read_mother(const xml::Element& record, Notice& notice)
{
    auto& mother = notice.mother;
    mother.full_name = field(record, "HO_TEN_NND");
    mother.sex = "female";
    if (const auto born = field(record, "NGAYSINH_NND"); !born.empty()) {
        mother.born_on = day_in(born);
        // "19910000": of a mother whose day of birth is not known the year alone.
        if (!mother.born_on && digits(born, 0, 4)) mother.birth_year = *digits(born, 0, 4);
        if (mother.year() == 0) return problem("notice_bad_value", "NGAYSINH_NND");
    }
    mother.ethnicity = field(record, "MA_DANTOC_NND");
    if (mother.ethnicity.size() == 1) mother.ethnicity = "0" + mother.ethnicity;
    if (const auto nation = field(record, "MA_QUOCTICH"); nation == "000" || nation == "0")
        mother.nationality = "VN";
    mother.identity_number = field(record, "SO_CCCD_NND");
    mother.residence = field(record, "NOI_CU_TRU_NND");
    mother.unit = field(record, "MAXA_CU_TRU");
    return Done{};
}

Result<Done> read_child(const xml::Element& record, Notice& notice)
{
    auto& child = notice.subject;
    child.full_name = field(record, "HO_TEN_CON");
    const auto sex = field(record, "GIOI_TINH_CON");
    if (sex == "1") child.sex = "male";
    if (sex == "2") child.sex = "female";
    if (sex == "3") child.sex = "other";
    if (child.sex.empty() && !sex.empty()) return problem("notice_bad_value", "GIOI_TINH_CON");
    TRY(read_hour(field(record, "NGAY_SINH_CON"), notice));
    child.born_on = day_of(notice.at);
    const auto weight = field(record, "CAN_NANG_CON");
    if (weight.empty()) return Done{};
    const auto grams = digits(weight, 0, weight.size());
    if (!grams) return problem("notice_bad_value", "CAN_NANG_CON");
    notice.weight_grams = *grams;
    return Done{};
}

Result<Notice> read_record(const xml::Element& record, std::string_view facility)
{
    Notice notice{.kind = NoticeKind::birth, .facility_code = std::string(facility)};
    notice.places = {
        {"number", "/SO"},
        {"facility.code", "/MACSKCB"},
        {"subject.sex", "/GIOI_TINH_CON"},
        {"subject.full_name", "/HO_TEN_CON"},
        {"subject.born_at", "/NGAY_SINH_CON"},
        {"subject.weight_grams", "/CAN_NANG_CON"},
        {"mother.full_name", "/HO_TEN_NND"},
        {"mother.born_on", "/NGAYSINH_NND"},
        {"mother.identity_number", "/SO_CCCD_NND"},
        {"mother.residence", "/NOI_CU_TRU_NND"},
        {"father_full_name", "/HO_TEN_CHA"},
        {"place", "/NOI_SINH_CON"}};
    const auto number = field(record, "SO"), book = field(record, "QUYEN_SO");
    notice.number = number.empty() ? field(record, "MA_LK") : book.empty() ? number : number + "/" + book;
    notice.place = field(record, "NOI_SINH_CON");
    notice.father_name = field(record, "HO_TEN_CHA");
    notice.issued_on = day_in(field(record, "NGAY_CT"));
    TRY(read_mother(record, notice));
    TRY(read_child(record, notice));
    return notice;
}

Result<Notice> read_root(const xml::Element& root, std::string_view facility)
{
    std::vector<const xml::Element*> records;
    gather(root, records);
    if (records.empty()) return problem("notice_not_xml9", root.name, root.line);
    if (records.size() > 1) return problem("notice_not_one", records[1]->name, records[1]->line);
    return read_record(*records.front(), facility);
}

}  // namespace

Result<Notice> notice_from_xml9(std::string_view text, std::string_view facility)
{
    const xml::Limits limits{.bytes_max = bytes_max, .depth_max = depth_max};
    const auto root = TRY(xml::parse(text, limits));
    std::vector<std::string> contents;
    gather_files(*root, contents);
    if (contents.empty()) return read_root(*root, facility);
    if (contents.size() > 1) return problem("notice_not_one", "NOIDUNGFILE", root->line);
    const auto* told = below(*root, "MACSKCB");
    const auto code = told == nullptr ? std::string(facility) : trimmed(told->text());
    // Base64 as programs write it, in lines.
    std::erase_if(contents[0], [](char c) { return c == '\n' || c == '\r' || c == ' ' || c == '\t'; });
    const auto bytes = from_base64(contents[0]);
    if (!bytes) return problem("notice_bad_value", "NOIDUNGFILE", root->line);
    const std::string inner(bytes->begin(), bytes->end());
    const auto inside = TRY(xml::parse(inner, limits));
    return read_root(*inside, code);
}

}  // namespace thien_an::civil_status
