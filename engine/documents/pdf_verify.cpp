#include "engine/documents/pdf_verify.h"

#include <algorithm>
#include <charconv>

#include "engine/crypto/cms.h"
#include "engine/crypto/time_stamp.h"
#include "engine/documents/pdf_changes.h"
#include "engine/documents/pdf_update.h"

namespace thien_an::documents {
namespace {

using Object = QPDFObjectHandle;

struct Found {
    std::string field;
    Object value;
};

/// Signature values of the form, its fields walked to a bounded depth.
void find_signatures(Object field, int depth, std::size_t max, std::vector<Found>& found)
{
    if (!field.isDictionary() || depth > 8 || found.size() > max) return;
    auto value = field.getKey("/V");
    if (field.getKey("/FT").isNameAndEquals("/Sig") && value.isDictionary()) {
        auto name = field.getKey("/T");
        found.push_back({name.isString() ? name.getUTF8Value() : "", value});
    }
    auto kids = field.getKey("/Kids");
    if (!kids.isArray()) return;
    for (const auto& kid : kids.getArrayAsVector()) find_signatures(kid, depth + 1, max, found);
}

/// Where a signature's bytes lie: [0, hole) and [after, end).
struct Range {
    std::size_t hole = 0;
    std::size_t after = 0;
    std::size_t end = 0;
};

/// The byte range, when it is one hole that holds exactly this value's /Contents and its object begins before it.
std::optional<Range> placed_range(Object value, std::string_view pdf)
{
    auto array = value.getKey("/ByteRange");
    if (!array.isArray() || array.getArrayNItems() != 4) return std::nullopt;
    std::array<long long, 4> n{};
    for (int i = 0; i < 4; ++i) {
        if (!array.getArrayItem(i).isInteger()) return std::nullopt;
        n.at(std::size_t(i)) = array.getArrayItem(i).getIntValue();
    }
    const auto size = (long long)(pdf.size());
    if (n[0] != 0 || n[1] <= 0 || n[2] <= n[1] + 2 || n[2] > size || n[3] < 0 || n[3] > size - n[2])
        return std::nullopt;
    const Range range{std::size_t(n[1]), std::size_t(n[2]), std::size_t(n[2] + n[3])};
    const auto hole = pdf.substr(range.hole, range.after - range.hole);
    auto contents = value.getKey("/Contents");
    if (!contents.isString() || hole.front() != '<' || hole.back() != '>') return std::nullopt;
    const auto bytes = from_hex(hole.substr(1, hole.size() - 2));
    if (!bytes || text_of(*bytes) != contents.getStringValue()) return std::nullopt;
    // A value that lies elsewhere with a copy of somebody's byte range is a wrapping trick.
    const auto parsed_at = contents.getParsedOffset();
    if (parsed_at < 0 || std::size_t(parsed_at) != range.hole) return std::nullopt;
    return range;
}

/// A revision ends with %%EOF and at most one end of line.
bool ends_revision(std::string_view pdf)
{
    if (pdf.ends_with('\n')) pdf.remove_suffix(1);
    if (pdf.ends_with('\r')) pdf.remove_suffix(1);
    return pdf.ends_with("%%EOF");
}

std::optional<int> digits(std::string_view text, std::size_t from, std::size_t count)
{
    int number = 0;
    if (text.size() < from + count) return std::nullopt;
    const auto end = std::from_chars(text.data() + from, text.data() + from + count, number);
    if (end.ec != std::errc{} || end.ptr != text.data() + from + count) return std::nullopt;
    return number;
}

/// "D:20160701080000+07'00'"; the zone may be missing or Z.
std::optional<Instant> claimed_time(Object value)
{
    if (!value.isString()) return std::nullopt;
    const std::string text = value.getStringValue();
    if (!text.starts_with("D:") || text.size() < 16) return std::nullopt;
    const auto iso_text = text.substr(2, 4) + "-" + text.substr(6, 2) + "-" + text.substr(8, 2);
    const auto day = parse_day(iso_text);
    const auto hour = digits(text, 10, 2);
    const auto minute = digits(text, 12, 2);
    const auto second = digits(text, 14, 2);
    if (!day || !hour || !minute || !second || *hour > 23 || *minute > 59 || *second > 59)
        return std::nullopt;
    Instant at = Instant{day.value()} + std::chrono::hours{*hour} + std::chrono::minutes{*minute} +
                 std::chrono::seconds{*second};
    const auto zone_hours = digits(text, 17, 2);
    const auto zone_minutes = digits(text, 20, 2);
    const auto zone =
        std::chrono::hours{zone_hours.value_or(0)} + std::chrono::minutes{zone_minutes.value_or(0)};
    if (text.size() > 16 && text[16] == '+') at -= zone;
    if (text.size() > 16 && text[16] == '-') at += zone;
    return at;
}

bool certifying(Object value)
{
    auto references = value.getKey("/Reference");
    if (!references.isArray() || references.getArrayNItems() < 1) return false;
    auto first = references.getArrayItem(0);
    return first.isDictionary() && first.getKey("/TransformMethod").isNameAndEquals("/DocMDP");
}

struct Judged {
    SignatureReport report;
    Range range;
};

Judged judge(const Found& found, std::string_view pdf, const crypto::Trust& trust, Instant at)
{
    Judged out;
    auto value = found.value;
    out.report.field = found.field;
    out.report.claimed_at = claimed_time(value.getKey("/M"));
    out.report.certifies = certifying(value);
    const auto range = placed_range(value, pdf);
    if (!range) return out;
    out.range = *range;
    out.report.placed = ends_revision(pdf.substr(0, range->end));
    std::string content{pdf.substr(0, range->hole)};
    content += pdf.substr(range->after, range->end - range->after);
    const auto cms_hex = from_hex(pdf.substr(range->hole + 1, range->after - range->hole - 2));
    const auto cms = crypto::check_detached(*cms_hex, bytes_of(content));
    out.report.genuine = cms.genuine;
    out.report.bound = cms.bound;
    out.report.strong = cms.strong;
    if (const auto about = crypto::about_certificate(cms.certificate)) out.report.signer = *about;
    if (!cms.time_stamp.empty())
        out.report.proven_at = crypto::proven_time(cms.time_stamp, cms.signature, trust);
    out.report.chain =
        crypto::check_chain(cms.certificate, cms.others, trust, out.report.proven_at.value_or(at));
    return out;
}

/// What follows each signature; `all` is in the order of their ends.
void judge_later(std::vector<Judged>& all, std::string_view pdf)
{
    std::size_t covered = 0;
    for (const auto& one : all) {
        if (one.report.genuine && one.report.placed) covered = std::max(covered, one.range.end);
    }
    for (auto& one : all) {
        if (!one.report.placed) continue;
        if (one.range.end == pdf.size()) {
            one.report.later = Later::nothing;
        } else if (covered != pdf.size()) {
            one.report.later = Later::unsigned_bytes;
        } else {
            const bool fine =
                only_signs_and_fills(std::string(pdf.substr(0, one.range.end)), std::string(pdf));
            one.report.later = fine ? Later::signatures_only : Later::content_changed;
        }
    }
}

}  // namespace

std::string_view word_of(Later later)
{
    switch (later) {
    case Later::nothing: return "nothing";
    case Later::signatures_only: return "signatures_only";
    case Later::unsigned_bytes: return "unsigned_bytes";
    case Later::content_changed: return "content_changed";
    }
    throw std::logic_error("Later outside its enumerators");
}

PdfReport verify_pdf(ByteView bytes, const crypto::Trust& trust, Instant at, VerifyLimits limits)
{
    PdfReport report;
    if (bytes.size() > limits.bytes_max) return report;
    const std::string pdf{text_of(bytes)};
    const auto structure = read_structure(pdf);
    if (!structure) return report;
    std::vector<Found> found;
    std::vector<Judged> judged;
    try {
        auto fields = structure->getRoot().getKey("/AcroForm").getKey("/Fields");
        if (fields.isArray()) {
            for (const auto& field : fields.getArrayAsVector())
                find_signatures(field, 0, limits.signatures_max, found);
        }
        if (found.size() > limits.signatures_max) return report;
        for (const auto& one : found) judged.push_back(judge(one, pdf, trust, at));
    } catch (const QPDFExc&) {  // An object that cannot be read: not a PDF anyone should believe.
        return report;
    }
    std::ranges::stable_sort(judged, {}, [](const Judged& one) { return one.range.end; });
    judge_later(judged, pdf);
    report.readable = true;
    for (auto& one : judged) report.signatures.push_back(std::move(one.report));
    return report;
}

}  // namespace thien_an::documents
