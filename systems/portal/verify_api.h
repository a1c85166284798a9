#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/web/context.h"
#include "engine/web/describe.h"

/// REST for verifying a paper: by the code printed on it, or by the file itself.
namespace thien_an::portal {

struct VerificationQuery {
    std::optional<std::string> token;
};
template <typename Visitor>
void describe(Visitor& visit, VerificationQuery& it)
{
    visit(
        "token", it.token, {.about = "The code printed on the paper, when it is known.", .length_max = 100}
    );
}

struct PaperKnown {
    std::string title;
    std::string agency;
    std::string number;
    std::optional<Day> dated_on;
    std::string sha256;
    std::string standing;
    std::optional<std::string> replaced_by;
};
template <typename Visitor>
void describe(Visitor& visit, PaperKnown& it)
{
    visit("title", it.title, {.example = "Giấy khai sinh"});
    visit("agency", it.agency, {.example = "UBND xã Tịnh Khê"});
    visit("number", it.number, {.example = "15/2026"});
    visit("dated_on", it.dated_on, {});
    visit("sha256", it.sha256, {.about = "Of the version in force."});
    visit("standing", it.standing, {.choices = "not_issued in_force replaced voided"});
    visit("replaced_by", it.replaced_by, {.about = "Number of the one that stands instead."});
}

struct SignatureShown {
    std::string signer;
    bool valid = false;
    bool unchanged = false;
    std::optional<Instant> claimed_at;
};
template <typename Visitor>
void describe(Visitor& visit, SignatureShown& it)
{
    visit("signer", it.signer, {.about = "As the certificate names it.", .example = "Trần Thị Mỹ Lệ"});
    visit("valid", it.valid, {.about = "Unchanged, and its signer can be believed."});
    visit("unchanged", it.unchanged, {.about = "Covers what a reader sees."});
    visit("claimed_at", it.claimed_at, {});
}

struct Verification {
    std::string answer;
    std::string sentence;
    std::string sha256;
    std::vector<SignatureShown> signatures;
    std::optional<PaperKnown> paper;
};
template <typename Visitor>
void describe(Visitor& visit, Verification& it)
{
    visit(
        "answer",
        it.answer,
        {.choices =
             "genuine not_in_force older_version other_paper signed_elsewhere untrusted altered unsigned "
             "unreadable"}
    );
    visit("sentence", it.sentence, {.about = "The same for people."});
    visit("sha256", it.sha256, {.about = "Of what was sent."});
    visit("signatures", it.signatures, {.length_max = 20});
    visit("paper", it.paper, {.about = "What the register knows of it."});
}

Result<web::Response> verify_sent(const web::Request& request, web::Context& context);
Result<web::Response> send_paper_known(const web::Request& request, web::Context& context);

}  // namespace thien_an::portal
