#include "engine/documents/pades.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/crypto/cms.h"
#include "engine/documents/appearance.h"
#include "engine/documents/pdf_update.h"

namespace thien_an::documents {
namespace {

using Object = QPDFObjectHandle;

Object rectangle(const Rectangle& at)
{
    return Object::newArray(
        {Object::newReal(at.left, 2),
         Object::newReal(at.bottom, 2),
         Object::newReal(at.right, 2),
         Object::newReal(at.top, 2)}
    );
}

/// "D:20160701080000+07'00'"
std::string pdf_date(Instant at)
{
    const auto local = std::chrono::floor<std::chrono::seconds>(at + vietnam_offset);
    const auto day = std::chrono::floor<std::chrono::days>(local);
    const std::chrono::year_month_day date{day};
    const std::chrono::hh_mm_ss time{local - day};
    return fmt::format(
        "D:{:04}{:02}{:02}{:02}{:02}{:02}+07'00'",
        int(date.year()),
        unsigned(date.month()),
        unsigned(date.day()),
        time.hours().count(),
        time.minutes().count(),
        time.seconds().count()
    );
}

/// A form XObject that shows nothing: a widget with a size must have an appearance.
Object empty_form(PdfUpdate& update, const Rectangle& at)
{
    auto stream = Object::newStream(&update.structure(), "");
    auto dictionary = stream.getDict();
    dictionary.replaceKey("/Type", Object::newName("/XObject"));
    dictionary.replaceKey("/Subtype", Object::newName("/Form"));
    dictionary.replaceKey("/BBox", rectangle({0, 0, at.right - at.left, at.top - at.bottom}));
    dictionary.replaceKey("/Resources", Object::newDictionary());
    return stream;
}

Object appearance_of(const Object& form)
{
    auto appearance = Object::newDictionary();
    appearance.replaceKey("/N", form);
    return appearance;
}

/// Size and slant of a field's text, in the words of /DA: "/TiBI 13 Tf 0 g".
std::string look_text(const Place& place)
{
    const char* font = place.bold ? (place.italic ? "TiBI" : "TiBo") : place.italic ? "TiIt" : "TiRo";
    return fmt::format("/{} {:g} Tf 0 g", font, place.text_size);
}

void read_look(const std::string& text, Place& place)
{
    place.bold = text.starts_with("/TiB");
    place.italic = text.starts_with("/TiIt") || text.starts_with("/TiBI");
    const auto size = text.find(' ');
    if (size != std::string::npos) place.text_size = std::strtod(text.c_str() + size, nullptr);
}

/// One object that is both the field and its widget.
Object field_of(PdfUpdate& update, const Place& place, const Object& page)
{
    constexpr int print = 4;
    constexpr int locked = 128;
    const bool text = place.kind == PlaceKind::field;
    auto field = Object::newDictionary();
    field.replaceKey("/Type", Object::newName("/Annot"));
    field.replaceKey("/Subtype", Object::newName("/Widget"));
    field.replaceKey("/FT", Object::newName(text ? "/Tx" : "/Sig"));
    field.replaceKey("/T", Object::newUnicodeString(place.name));
    field.replaceKey("/Rect", rectangle(place.where));
    field.replaceKey("/F", Object::newInteger(text ? print : print + locked));
    field.replaceKey("/P", page);
    field.replaceKey("/AP", appearance_of(empty_form(update, place.where)));
    if (text) field.replaceKey("/DA", Object::newString(look_text(place)));
    return update.add(field);
}

/// The place a field was made for; nothing when the annotation is no such field.
std::optional<Place> place_from(Object field, int page)
{
    if (!field.isDictionary() || !field.getKey("/T").isString() || !field.getKey("/Rect").isRectangle())
        return std::nullopt;
    const auto at = field.getKey("/Rect").getArrayAsRectangle();
    Place place{
        .kind = field.getKey("/FT").isNameAndEquals("/Tx") ? PlaceKind::field : PlaceKind::signature,
        .name = field.getKey("/T").getUTF8Value(),
        .page = page,
        .where = {at.llx, at.lly, at.urx, at.ury},
    };
    if (field.getKey("/DA").isString()) read_look(field.getKey("/DA").getStringValue(), place);
    return place;
}

Object form_of(PdfUpdate& update, const std::vector<Object>& fields)
{
    auto form = Object::parse(
        "<< /SigFlags 3 /DA (/Helv 0 Tf 0 g) /DR << /Font << /Helv << /Type /Font /Subtype /Type1 /BaseFont "
        "/Helvetica "
        "/Encoding /WinAnsiEncoding >> >> >> >>"
    );
    form.replaceKey("/Fields", Object::newArray(fields));
    return update.add(form);
}

/// The field of that name among the topmost ones; null when there is none.
Object find_field(PdfUpdate& update, const std::string& name)
{
    auto fields = update.root().getKey("/AcroForm").getKey("/Fields");
    if (!fields.isArray()) return Object::newNull();
    for (auto field : fields.getArrayAsVector()) {
        if (field.isIndirect() && field.isDictionary() && field.getKey("/T").isString() &&
            field.getKey("/T").getUTF8Value() == name) {
            return field;
        }
    }
    return Object::newNull();
}

bool has_signature(PdfUpdate& update)
{
    auto fields = update.root().getKey("/AcroForm").getKey("/Fields");
    if (!fields.isArray()) return false;
    const auto all = fields.getArrayAsVector();
    return std::ranges::any_of(all, [](Object field) {
        return field.isDictionary() && field.getKey("/FT").isNameAndEquals("/Sig") && field.hasKey("/V");
    });
}

Result<Done> fill(PdfUpdate& update, const FieldText& text)
{
    constexpr int read_only = 1;
    auto field = find_field(update, text.field);
    const Problem none{
        .code = "documents.no_such_field", .field = {}, .law = {}, .words = {{"name", text.field}}};
    if (field.isNull() || !field.getKey("/FT").isNameAndEquals("/Tx")) return none;
    if (field.hasKey("/V")) return Problem{.code = "documents.field_taken", .words = {{"name", text.field}}};
    const auto at = field.getKey("/Rect").getArrayAsRectangle();
    const auto page =
        text_appearance({text.text, text.size, text.bold, text.italic}, at.urx - at.llx, at.ury - at.lly);
    field.replaceKey("/V", Object::newUnicodeString(text.text));
    field.replaceKey("/Ff", Object::newInteger(read_only));
    field.replaceKey("/AP", appearance_of(update.add_form(page)));
    update.changed(field);
    return Done{};
}

constexpr std::string_view range_mark = "/ByteRange [0 0000000000 0000000000 0000000000]";

std::string text_entry(const char* key, const std::string& text)
{
    return text.empty() ? "" : fmt::format(" {} {}", key, Object::newUnicodeString(text).unparse());
}

std::string signature_text(const SignatureRequest& request)
{
    std::string out = "<< /Type /Sig /Filter /Adobe.PPKLite /SubFilter /ETSI.CAdES.detached";
    out += fmt::format(" /M ({})", pdf_date(request.at));
    out += text_entry("/Name", request.name) + text_entry("/Reason", request.reason);
    out += text_entry("/Location", request.location);
    if (request.certifies) {
        out +=
            " /Reference [<< /Type /SigRef /TransformMethod /DocMDP /TransformParams << /Type "
            "/TransformParams /P 2 "
            "/V /1.2 >> >>]";
    }
    out += fmt::format(" {} /Contents <{}> >>", range_mark, std::string(2 * request.cms_bytes_max, '0'));
    return out;
}

void certify(PdfUpdate& update, const Object& signature)
{
    auto permissions = Object::newDictionary();
    permissions.replaceKey("/DocMDP", signature);
    auto root = update.root();
    root.replaceKey("/Perms", permissions);
    update.changed(root);
}

crypto::Sha256 digest_around(std::string_view pdf, std::size_t hole, std::size_t hole_size)
{
    crypto::Sha256Hasher hasher;
    hasher.update(pdf.substr(0, hole));
    hasher.update(pdf.substr(hole + hole_size));
    return hasher.finish();
}

/// Finds the hole behind `from`, writes the byte range, takes the digest.
PreparedSignature with_range(std::string pdf, std::size_t from)
{
    PreparedSignature out;
    out.hole = pdf.find("/Contents <", from) + std::string_view("/Contents ").size();
    out.hole_size = pdf.find('>', out.hole) + 1 - out.hole;
    const auto after = out.hole + out.hole_size;
    const auto range =
        fmt::format("/ByteRange [0 {:010} {:010} {:010}]", out.hole, after, pdf.size() - after);
    pdf.replace(pdf.find(range_mark, from), range_mark.size(), range);
    out.digest = digest_around(pdf, out.hole, out.hole_size);
    out.pdf.assign(pdf.begin(), pdf.end());
    return out;
}

}  // namespace

Result<Bytes> with_fields(ByteView pdf, const std::vector<Place>& places)
{
    auto update = TRY(PdfUpdate::of(pdf));
    if (update.root().hasKey("/AcroForm")) return Problem{.code = "documents.has_fields"};
    auto pages = QPDFPageDocumentHelper(update.structure()).getAllPages();
    std::vector<Object> fields;
    for (const auto& place : places) {
        auto page = pages.at(std::size_t(place.page)).getObjectHandle();
        auto field = field_of(update, place, page);
        auto annotations =
            page.getKey("/Annots").isArray() ? page.getKey("/Annots").shallowCopy() : Object::newArray();
        annotations.appendItem(field);
        page.replaceKey("/Annots", annotations);
        update.changed(page);
        fields.push_back(field);
    }
    auto root = update.root();
    root.replaceKey("/AcroForm", form_of(update, fields));
    update.changed(root);
    const auto written = update.finish();
    return Bytes(written.pdf.begin(), written.pdf.end());
}

Result<std::vector<Place>> places_of(ByteView pdf)
{
    auto update = TRY(PdfUpdate::of(pdf));
    std::vector<Place> places;
    int number = 0;
    for (auto page : QPDFPageDocumentHelper(update.structure()).getAllPages()) {
        auto annotations = page.getObjectHandle().getKey("/Annots");
        if (annotations.isArray()) {
            for (auto field : annotations.getArrayAsVector()) {
                if (auto place = place_from(field, number)) places.push_back(*std::move(place));
            }
        }
        ++number;
    }
    return places;
}

bool has_signatures(ByteView pdf)
{
    auto update = PdfUpdate::of(pdf);
    if (!update) return false;
    auto copy = update.value();
    return has_signature(copy);
}

Result<PreparedSignature> prepare_signature(ByteView pdf, const SignatureRequest& request)
{
    auto update = TRY(PdfUpdate::of(pdf));
    auto field = find_field(update, request.field);
    if (field.isNull() || !field.getKey("/FT").isNameAndEquals("/Sig")) {
        return Problem{.code = "documents.no_such_field", .words = {{"name", request.field}}};
    }
    if (field.hasKey("/V"))
        return Problem{.code = "documents.field_taken", .words = {{"name", request.field}}};
    if (request.certifies && has_signature(update)) return Problem{.code = "documents.already_signed"};
    for (const auto& text : request.fields) TRY(fill(update, text));
    const auto signature = update.add_text(signature_text(request));
    field.replaceKey("/V", signature);
    if (!request.appearance.empty())
        field.replaceKey("/AP", appearance_of(update.add_form(request.appearance)));
    update.changed(field);
    if (request.certifies) certify(update, signature);
    auto written = update.finish();
    return with_range(std::move(written.pdf), written.offsets.at(signature.getObjectID()));
}

Result<Bytes> finish_signature(PreparedSignature prepared, ByteView cms)
{
    const auto digits = hex(cms);
    if (digits.size() > prepared.hole_size - 2) {
        return Problem{.code = "documents.cms_too_large", .words = {{"bytes", std::to_string(cms.size())}}};
    }
    std::ranges::copy(digits, prepared.pdf.begin() + std::ptrdiff_t(prepared.hole) + 1);
    return std::move(prepared.pdf);
}

Result<Bytes> sign_pdf(
    ByteView pdf,
    const SignatureRequest& request,
    const crypto::Signer& signer,
    const crypto::TimeStamper& stamp
)
{
    auto prepared = TRY(prepare_signature(pdf, request));
    const auto cms = TRY(crypto::sign_detached(signer, prepared.digest, stamp));
    return finish_signature(std::move(prepared), cms);
}

}  // namespace thien_an::documents
