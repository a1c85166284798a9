#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/base/json.h"
#include "engine/web/context.h"
#include "engine/web/listing.h"

#include "systems/portal/api.h"

/// REST for dossiers after filing: reading them, and what their applicant does. An officer's token sees the dossiers of
/// the post's agency, a citizen's own.
namespace thien_an::portal {

struct DossierQuery {
    std::optional<std::string> q;
    web::ListingQuery listing;
};
template <typename Visitor>
void describe(Visitor& visit, DossierQuery& it)
{
    visit(
        "q", it.q, {.about = "Officers: code, applicant or subject; marks are not needed.", .length_max = 200}
    );
    web::describe_listing(visit, it.listing);
}

struct DossierItem {
    std::string code;
    std::string procedure;
    std::string subject;
    std::string state;
    Instant filed_at;
    std::optional<Instant> due_at;
    bool late = false;
};
template <typename Visitor>
void describe(Visitor& visit, DossierItem& it)
{
    visit("code", it.code, {.example = "000.00.17.H48-160701-0001"});
    visit("procedure", it.procedure, {.about = "Its name.", .example = "Đăng ký khai sinh"});
    visit("subject", it.subject, {.example = "Nguyễn Trà Giang"});
    visit("state", it.state, {.example = "received"});
    visit("filed_at", it.filed_at, {});
    visit("due_at", it.due_at, {});
    visit("late", it.late, {});
}

struct DossierPageOfList {
    std::vector<DossierItem> items;
    std::optional<std::string> next;
};
template <typename Visitor>
void describe(Visitor& visit, DossierPageOfList& it)
{
    visit(
        "items",
        it.items,
        {.about = "One's own: the latest first; an officer's: the soonest due first.", .length_max = 100}
    );
    visit("next", it.next, {.about = "Send it as cursor for the next page; null at the end."});
}

struct PaperShown {
    std::string id;
    std::string paper;
    std::string name;
    std::string media_type;
    std::int64_t bytes = 0;
    std::string sha256;
    std::string origin;
    std::int64_t signatures = 0;
    Instant at;
};
template <typename Visitor>
void describe(Visitor& visit, PaperShown& it)
{
    visit("id", it.id, {.example = "120435218374656"});
    visit("paper", it.paper, {.example = "certificate"});
    visit("name", it.name, {.example = "Giấy khai sinh"});
    visit("media_type", it.media_type, {.example = "application/pdf"});
    visit("bytes", it.bytes, {.least = 0});
    visit("sha256", it.sha256, {});
    visit("origin", it.origin, {.choices = "applicant desk made"});
    visit("signatures", it.signatures, {.least = 0});
    visit("at", it.at, {});
}

struct DossierMoment {
    Instant at;
    std::string kind;
    std::string step;
    std::string who;
};
template <typename Visitor>
void describe(Visitor& visit, DossierMoment& it)
{
    visit("at", it.at, {});
    visit("kind", it.kind, {.example = "received"});
    visit("step", it.step, {.about = "Public name of the step.", .example = "Đã tiếp nhận"});
    visit("who", it.who, {.example = "UBND xã Tịnh Khê"});
}

struct WarningShown {
    std::string code;
    std::string text;
};
template <typename Visitor>
void describe(Visitor& visit, WarningShown& it)
{
    visit("code", it.code, {.example = "civil_status.mother_under_12"});
    visit("text", it.text, {});
}

struct DossierShown {
    std::string code;
    std::string procedure;
    std::string state;
    std::string agency;
    std::string subject;
    Instant filed_at;
    std::optional<Instant> received_at;
    std::optional<Instant> due_at;
    std::int64_t fee = 0;
    std::optional<std::string> entry;
    std::vector<PaperShown> papers;
    std::vector<DossierMoment> timeline;
    std::vector<WarningShown> warnings;
};
template <typename Visitor>
void describe(Visitor& visit, DossierShown& it)
{
    visit("code", it.code, {.example = "000.00.17.H48-160701-0001"});
    visit("procedure", it.procedure, {.about = "Folder id.", .example = "birth_registration"});
    visit("state", it.state, {.example = "received"});
    visit("agency", it.agency, {.about = "That decides.", .example = "UBND xã Tịnh Khê"});
    visit("subject", it.subject, {.example = "Nguyễn Trà Giang"});
    visit("filed_at", it.filed_at, {});
    visit("received_at", it.received_at, {});
    visit("due_at", it.due_at, {.about = "Null until received and while suspended."});
    visit("fee", it.fee, {.about = "Đồng.", .least = 0});
    visit("entry", it.entry, {.about = "Number in the register.", .example = "15/2016"});
    visit("papers", it.papers, {.length_max = 1000});
    visit("timeline", it.timeline, {.about = "What happened, the earliest first.", .length_max = 10000});
    visit("warnings", it.warnings, {.about = "For officers.", .length_max = 100});
}

/// What an act of the applicant came to.
struct DossierNow {
    std::string code;
    std::string state;
    std::optional<Instant> due_at;
};
template <typename Visitor>
void describe(Visitor& visit, DossierNow& it)
{
    visit("code", it.code, {.example = "000.00.17.H48-160701-0001"});
    visit("state", it.state, {.example = "withdrawn"});
    visit("due_at", it.due_at, {});
}

struct Withdrawal {
    std::string reason;
};
template <typename Visitor>
void describe(Visitor& visit, Withdrawal& it)
{
    visit("reason", it.reason, {.length_max = 1000, .example = "Nộp nhầm xã"});
}

struct SupplementSent {
    std::optional<std::string> message;
    std::vector<FileNamed> files;
};
template <typename Visitor>
void describe(Visitor& visit, SupplementSent& it)
{
    visit("message", it.message, {.length_max = 2000});
    visit("files", it.files, {.length_max = 100});
}

struct Rating {
    std::int64_t stars = 0;
    std::optional<std::string> comment;
};
template <typename Visitor>
void describe(Visitor& visit, Rating& it)
{
    visit("stars", it.stars, {.least = 1, .most = 5, .example = "5"});
    visit("comment", it.comment, {.length_max = 1000});
}

Result<web::Response> list_dossiers(const web::Request& request, web::Context& context);
Result<web::Response> send_dossier(const web::Request& request, web::Context& context);
Result<web::Response> send_dossier_paper(const web::Request& request, web::Context& context);
Result<web::Response> withdraw_dossier(const web::Request& request, web::Context& context);
Result<web::Response> supplement_dossier(const web::Request& request, web::Context& context);
Result<web::Response> rate_dossier(const web::Request& request, web::Context& context);

}  // namespace thien_an::portal
