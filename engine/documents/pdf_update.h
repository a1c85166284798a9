#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>

#include "engine/base/bytes.h"
#include "engine/base/result.h"
#include "engine/documents/qpdf.h"

/// Incremental updates: new and changed objects appended to a PDF whose earlier bytes stay as they are.
namespace thien_an::documents {

/// A PDF as libqpdf reads it, without repairing anything. Null when it is none or is encrypted.
std::shared_ptr<QPDF> read_structure(const std::string& bytes);

class PdfUpdate {
public:
    /// Problems "documents.not_a_pdf", "documents.pdf_encrypted".
    static Result<PdfUpdate> of(ByteView pdf);

    QPDF& structure() { return *pdf_; }
    QPDFObjectHandle root() { return pdf_->getRoot(); }
    /// Gives `object` a number of its own.
    QPDFObjectHandle add(const QPDFObjectHandle& object) { return pdf_->makeIndirectObject(object); }
    /// `object` (an indirect one) was changed and is written again.
    void changed(const QPDFObjectHandle& object) { changed_.insert(object.getObjGen()); }
    /// Takes the first page of another PDF as a form XObject.
    QPDFObjectHandle add_form(ByteView pdf);
    /// A new object whose text is written as it is; its number.
    QPDFObjectHandle add_text(std::string text);

    struct Written {
        std::string pdf;
        std::map<int, std::size_t> offsets;  ///< Of every object written here, by number.
    };
    Written finish();

private:
    std::string original_;
    std::shared_ptr<QPDF> pdf_;  // Shared: libqpdf's objects hold on to it; the update owns it.
    std::vector<std::shared_ptr<QPDF>> sources_;
    std::map<int, std::string> texts_;
    std::set<QPDFObjGen> changed_;
    int last_old_ = 0;
    std::size_t previous_xref_ = 0;
    bool xref_stream_ = false;
};

}  // namespace thien_an::documents
