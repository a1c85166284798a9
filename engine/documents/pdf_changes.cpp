#include "engine/documents/pdf_changes.h"

#include <algorithm>

#include "engine/documents/pdf_update.h"

namespace thien_an::documents {
namespace {

using Object = QPDFObjectHandle;

/// The object's own text, without what it refers to; streams with their raw bytes.
std::string written(Object object)
{
    if (!object.isStream()) return object.unparseResolved();
    const auto content = object.getRawStreamData();
    return object.getDict().unparseResolved() +
           std::string(reinterpret_cast<const char*>(content->getBuffer()), content->getSize());
}

bool is_field(Object object, const char* type)
{
    return object.isDictionary() && object.getKey("/FT").isNameAndEquals(type) &&
           object.getKey("/Subtype").isNameAndEquals("/Widget");
}

/// Equal but for these keys.
bool same_without(Object before, Object after, const std::set<std::string>& but)
{
    if (!before.isDictionary() || !after.isDictionary()) return false;
    auto keys = before.getKeys();
    keys.merge(after.getKeys());
    return std::ranges::all_of(keys, [&](const std::string& key) {
        return but.contains(key) || before.getKey(key).unparse() == after.getKey(key).unparse();
    });
}

/// An empty signature field that got a value; an empty text field that got its text and was closed.
bool filled_field(Object before, Object after)
{
    if (is_field(before, "/Sig")) return !before.hasKey("/V") && same_without(before, after, {"/V", "/AP"});
    if (!is_field(before, "/Tx")) return false;
    return !before.hasKey("/V") && same_without(before, after, {"/V", "/AP", "/Ff", "/DA", "/MK"});
}

/// `after` is `before` and signature fields behind it.
bool appended_signature_fields(Object before, Object after)
{
    if (!after.isArray()) return before.unparse() == after.unparse();
    const auto old_size = before.isArray() ? before.getArrayNItems() : 0;
    for (int i = 0; i < after.getArrayNItems(); ++i) {
        auto item = after.getArrayItem(i);
        if (i < old_size) {
            if (before.getArrayItem(i).unparse() != item.unparse()) return false;
        } else if (!is_field(item, "/Sig")) {
            return false;
        }
    }
    return after.getArrayNItems() >= old_size;
}

bool extended_form(Object before, Object after)
{
    return before.isDictionary() && before.hasKey("/Fields") &&
           same_without(before, after, {"/Fields", "/SigFlags"}) &&
           appended_signature_fields(before.getKey("/Fields"), after.getKey("/Fields"));
}

bool extended_page(Object before, Object after)
{
    return before.isDictionaryOfType("/Page") && same_without(before, after, {"/Annots"}) &&
           appended_signature_fields(before.getKey("/Annots"), after.getKey("/Annots"));
}

/// The catalogue may gain permissions and validation data; a form inside it as extended_form.
bool extended_catalogue(Object before, Object after)
{
    if (!before.isDictionaryOfType("/Catalog") ||
        !same_without(before, after, {"/Perms", "/DSS", "/AcroForm", "/Extensions"})) {
        return false;
    }
    if (before.getKey("/AcroForm").unparse() == after.getKey("/AcroForm").unparse()) return true;
    return extended_form(before.getKey("/AcroForm"), after.getKey("/AcroForm"));
}

bool allowed(Object before, Object after)
{
    return filled_field(before, after) || extended_form(before, after) || extended_page(before, after) ||
           extended_catalogue(before, after) ||
           (before.isArray() && appended_signature_fields(before, after));
}

/// What the object refers to, without following it.
void references_in(Object object, int depth, std::set<QPDFObjGen>& found)
{
    if (depth > 50) return;
    if (depth > 0 && object.isIndirect()) {
        found.insert(object.getObjGen());
        return;
    }
    if (object.isStream()) object = object.getDict();
    if (object.isArray()) {
        for (const auto& item : object.getArrayAsVector()) references_in(item, depth + 1, found);
    } else if (object.isDictionary()) {
        for (const auto& [key, item] : object.getDictAsMap()) references_in(item, depth + 1, found);
    }
}

/// Whether the earlier revision refers to something it does not have and the later one supplies: a blank left on
/// purpose, to be filled after the signature.
bool supplies_what_was_missing(QPDF& before, QPDF& after)
{
    const auto had = before.getXRefTable();
    const auto has = after.getXRefTable();
    std::set<QPDFObjGen> wanted;
    for (const auto& [which, place] : had) references_in(before.getObject(which), 0, wanted);
    return std::ranges::any_of(wanted, [&](QPDFObjGen which) {
        return !had.contains(which) && has.contains(which);
    });
}

bool is_structure(Object object)
{
    return object.isStream() && (object.getDict().getKey("/Type").isNameAndEquals("/XRef") ||
                                 object.getDict().getKey("/Type").isNameAndEquals("/ObjStm"));
}

}  // namespace

bool only_signs_and_fills(const std::string& before, const std::string& after)
{
    const auto old_pdf = read_structure(before);
    const auto new_pdf = read_structure(after);
    if (!old_pdf || !new_pdf) return false;
    if (old_pdf->getTrailer().getKey("/Root").unparse() != new_pdf->getTrailer().getKey("/Root").unparse())
        return false;
    try {
        for (const auto& [which, place] : old_pdf->getXRefTable()) {
            auto old_object = old_pdf->getObject(which);
            auto new_object = new_pdf->getObject(which);
            if (is_structure(old_object) || written(old_object) == written(new_object)) continue;
            if (!allowed(old_object, new_object)) return false;
        }
        return !supplies_what_was_missing(*old_pdf, *new_pdf);
    } catch (const std::exception&) {  // libqpdf met an object it cannot read: then nobody can vouch for it.
        return false;
    }
}

}  // namespace thien_an::documents
