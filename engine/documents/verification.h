#pragma once

#include <string>

#include "engine/documents/document_store.h"
#include "engine/documents/pdf_verify.h"

/// What anyone is told who sends a paper back to us: signature and register together.
namespace thien_an::documents {

enum class Answer {
    genuine,           ///< Signed, unchanged, known, in force.
    not_in_force,      ///< Genuine, but replaced or void.
    older_version,     ///< Genuine, but there is a newer version.
    other_paper,       ///< Known, but not the one whose code was given.
    signed_elsewhere,  ///< The signatures hold, the register does not know it.
    untrusted,         ///< Unchanged, but a signer's certificate cannot be believed.
    altered,
    unsigned_,
    unreadable,
};
/// "documents.answer.genuine": its sentence in the catalogues.
std::string words_of(Answer answer);
std::string words_of(Later later);
std::string words_of(crypto::ChainState state);
std::string words_of(DocumentState state);
std::string words_of(PublicRecord::Standing standing);

struct Verdict {
    Answer answer = Answer::unreadable;
    PdfReport pdf;
    std::optional<PublicRecord> paper;  ///< When the register knows the file.
    std::string sha256;                 ///< Of what was sent.
};

/// `token`: the code that was scanned; empty when there was none. The file is not kept.
Verdict judge(
    storage::Reader& db, ByteView pdf, std::string_view token, const crypto::Trust& trust, Instant at
);

}  // namespace thien_an::documents
