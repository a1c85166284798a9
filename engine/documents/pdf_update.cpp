#include "engine/documents/pdf_update.h"

#include <fmt/format.h>

#include <charconv>

#include "engine/crypto/hash.h"

namespace thien_an::documents {
namespace {

/// Where the last cross-reference section begins; nothing when the file does not say.
std::optional<std::size_t> last_xref(std::string_view pdf)
{
    constexpr std::string_view word = "startxref";
    auto at = pdf.rfind(word);
    if (at == std::string_view::npos) return std::nullopt;
    at = pdf.find_first_of("0123456789", at + word.size());
    if (at == std::string_view::npos) return std::nullopt;
    std::size_t offset = 0;
    std::from_chars(pdf.data() + at, pdf.data() + pdf.size(), offset);
    return offset < pdf.size() ? std::optional(offset) : std::nullopt;
}

std::string body_of(QPDFObjectHandle object)
{
    if (!object.isStream()) return object.unparseResolved();
    const auto content = object.getRawStreamData();
    auto dictionary = object.getDict().shallowCopy();
    dictionary.replaceKey("/Length", QPDFObjectHandle::newInteger((long long)(content->getSize())));
    return dictionary.unparse() + "\nstream\n" +
           std::string(reinterpret_cast<const char*>(content->getBuffer()), content->getSize()) +
           "\nendstream";
}

struct Entry {
    int number;
    int generation;
    std::size_t offset;
};

std::string xref_table(const std::vector<Entry>& entries)
{
    std::string out = "xref\n";
    for (std::size_t from = 0; from < entries.size();) {
        std::size_t to = from + 1;
        while (to < entries.size() && entries[to].number == entries[to - 1].number + 1) ++to;
        out += fmt::format("{} {}\n", entries[from].number, to - from);
        for (; from < to; ++from)
            out += fmt::format("{:010} {:05} n \n", entries[from].offset, entries[from].generation);
    }
    return out;
}

/// Entries of a cross-reference stream with fields of 1, 8 and 2 bytes.
std::string xref_entries(const std::vector<Entry>& entries)
{
    std::string out;
    for (const auto& entry : entries) {
        out += '\1';
        for (int shift = 56; shift >= 0; shift -= 8) out += char(entry.offset >> shift);
        out += char(entry.generation >> 8);
        out += char(entry.generation);
    }
    return out;
}

std::string index_of(const std::vector<Entry>& entries)
{
    std::string out;
    for (const auto& entry : entries) out += fmt::format("{} 1 ", entry.number);
    return out;
}

/// What a new trailer takes over from the old one.
std::string kept_trailer(QPDF& pdf, const std::string& original)
{
    auto trailer = pdf.getTrailer();
    std::string out;
    for (const auto* key : {"/Root", "/Info"}) {
        if (trailer.hasKey(key)) out += fmt::format(" {} {}", key, trailer.getKey(key).unparse());
    }
    // The first half names the file for ever, the second this state of it.
    const auto state = hex(crypto::sha256(original)).substr(0, 32);
    const auto first =
        trailer.getKey("/ID").isArray() ? trailer.getKey("/ID").getArrayItem(0).unparse() : "<" + state + ">";
    return out + fmt::format(" /ID [{} <{}>]", first, state);
}

}  // namespace

std::shared_ptr<QPDF> read_structure(const std::string& bytes)
{
    auto pdf = QPDF::create();
    pdf->setSuppressWarnings(true);
    pdf->setAttemptRecovery(false);
    try {
        pdf->processMemoryFile("pdf", bytes.data(), bytes.size());
        if (pdf->isEncrypted() || !pdf->getRoot().isDictionary() || pdf->anyWarnings()) return nullptr;
    } catch (const std::exception&) {  // libqpdf's way to say "no PDF"; the caller tells the person.
        return nullptr;
    }
    return pdf;
}

Result<PdfUpdate> PdfUpdate::of(ByteView pdf)
{
    PdfUpdate update;
    update.original_ = text_of(pdf);
    update.pdf_ = read_structure(update.original_);
    const auto xref = last_xref(update.original_);
    if (!update.pdf_ || !xref) return Problem{.code = "documents.not_a_pdf"};
    update.previous_xref_ = *xref;
    update.xref_stream_ = std::string_view(update.original_).substr(*xref, 4) != "xref";
    update.last_old_ = int(update.pdf_->getObjectCount());
    return update;
}

QPDFObjectHandle PdfUpdate::add_form(ByteView pdf)
{
    auto bytes = std::make_shared<std::string>(text_of(pdf));
    auto source = QPDF::create();
    source->processMemoryFile("form", bytes->data(), bytes->size());
    auto page = QPDFPageDocumentHelper(*source).getAllPages().at(0);
    auto form = pdf_->copyForeignObject(page.getFormXObjectForPage());
    // libqpdf reads streams when they are written: both the bytes and their reader must live until then.
    sources_.push_back(std::shared_ptr<QPDF>(source.get(), [source, bytes](QPDF*) {}));
    return form;
}

QPDFObjectHandle PdfUpdate::add_text(std::string text)
{
    // Not null: a key that refers to null counts as absent and would be left out.
    auto object = pdf_->makeIndirectObject(QPDFObjectHandle::newDictionary());
    texts_.emplace(object.getObjectID(), std::move(text));
    return object;
}

PdfUpdate::Written PdfUpdate::finish()
{
    Written written{.pdf = original_};
    auto& out = written.pdf;
    if (!out.ends_with('\n')) out += '\n';
    auto to_write = changed_;
    for (int id = last_old_ + 1; id <= int(pdf_->getObjectCount()); ++id) to_write.insert(QPDFObjGen(id, 0));
    std::vector<Entry> entries;
    for (const auto& which : to_write) {
        entries.push_back({which.getObj(), which.getGen(), out.size()});
        written.offsets.emplace(which.getObj(), out.size());
        const auto text = texts_.find(which.getObj());
        out += fmt::format("{} {} obj\n", which.getObj(), which.getGen());
        out += text != texts_.end() ? text->second : body_of(pdf_->getObject(which));
        out += "\nendobj\n";
    }
    const auto xref_at = out.size();
    const auto size = std::max<long long>(
        (long long)(pdf_->getObjectCount()) + 1, pdf_->getTrailer().getKey("/Size").getIntValue()
    );
    const auto kept = kept_trailer(*pdf_, original_);
    if (!xref_stream_) {
        out += xref_table(entries);
        out += fmt::format("trailer\n<< /Size {}{} /Prev {} >>\n", size, kept, previous_xref_);
    } else {
        entries.push_back({int(size), 0, xref_at});
        const auto rows = xref_entries(entries);
        out += fmt::format(
            "{} 0 obj\n<< /Type /XRef /Size {}{} /Prev {} /W [1 8 2] /Index [{}] /Length {} >>\nstream\n",
            size,
            size + 1,
            kept,
            previous_xref_,
            index_of(entries),
            rows.size()
        );
        out += rows + "\nendstream\nendobj\n";
    }
    out += fmt::format("startxref\n{}\n%%EOF\n", xref_at);
    return written;
}

}  // namespace thien_an::documents
