#include "engine/documents/verification.h"

#include <fmt/format.h>

#include <algorithm>

namespace thien_an::documents {
namespace {

std::string_view word_of(Answer answer)
{
    switch (answer) {
    case Answer::genuine: return "genuine";
    case Answer::not_in_force: return "not_in_force";
    case Answer::older_version: return "older_version";
    case Answer::other_paper: return "other_paper";
    case Answer::signed_elsewhere: return "signed_elsewhere";
    case Answer::untrusted: return "untrusted";
    case Answer::altered: return "altered";
    case Answer::unsigned_: return "unsigned";
    case Answer::unreadable: return "unreadable";
    }
    throw std::logic_error("Answer outside its enumerators");
}

/// What the file alone says; `genuine` when it has no fault.
Answer answer_of(const PdfReport& report)
{
    if (!report.readable) return Answer::unreadable;
    if (report.signatures.empty()) return Answer::unsigned_;
    if (!std::ranges::all_of(report.signatures, &SignatureReport::intact)) return Answer::altered;
    return report.valid() ? Answer::genuine : Answer::untrusted;
}

Answer answer_of(storage::Reader& db, const std::optional<KnownFile>& known, std::string_view token)
{
    if (!known) return Answer::signed_elsewhere;
    if (!token.empty()) {
        const auto scanned = find_public(db, token);
        if (!scanned || scanned.value().document != known->paper.document) return Answer::other_paper;
    }
    if (known->paper.standing != PublicRecord::Standing::in_force) return Answer::not_in_force;
    return known->present ? Answer::genuine : Answer::older_version;
}

}  // namespace

std::string words_of(Answer answer) { return fmt::format("documents.answer.{}", word_of(answer)); }
std::string words_of(Later later) { return fmt::format("documents.later.{}", documents::word_of(later)); }
std::string words_of(crypto::ChainState state)
{
    return fmt::format("documents.chain.{}", crypto::word_of(state));
}
std::string words_of(DocumentState state)
{
    return fmt::format("documents.state.{}", documents::word_of(state));
}
std::string words_of(PublicRecord::Standing standing)
{
    return fmt::format("documents.standing.{}", documents::word_of(standing));
}

Verdict judge(
    storage::Reader& db, ByteView pdf, std::string_view token, const crypto::Trust& trust, Instant at
)
{
    Verdict verdict{.pdf = verify_pdf(pdf, trust, at), .sha256 = hex(crypto::sha256(pdf))};
    verdict.answer = answer_of(verdict.pdf);
    const auto known = find_by_sha256(db, verdict.sha256);
    if (known) verdict.paper = known->paper;
    if (verdict.answer == Answer::genuine) verdict.answer = answer_of(db, known, token);
    return verdict;
}

}  // namespace thien_an::documents
