#pragma once

#include <string>
#include <vector>

#include "engine/base/json.h"
#include "engine/casework/casework.h"
#include "engine/web/context.h"
#include "engine/web/describe.h"
#include "engine/web/http.h"

/// REST for filing and tracking: the same commands as the portal's pages, JSON in and out.
namespace thien_an::portal {

struct FileMade {
    std::string id;
    std::string sha256;
    std::int64_t bytes = 0;
    std::string media_type;
};
template <typename Visitor>
void describe(Visitor& visit, FileMade& it)
{
    visit("id", it.id, {.about = "Name it in a filing.", .example = "123456789.q83nLmTtQ1m0Zl2f"});
    visit("sha256", it.sha256, {.about = "Of the content, lower-case hex.", .example = "e3b0c442"});
    visit("bytes", it.bytes, {.least = 0, .example = "3145728"});
    visit("media_type", it.media_type, {.about = "As the content shows.", .example = "image/jpeg"});
}

struct ApplicantSent {
    std::string name;
    std::optional<std::string> phone;
    std::optional<std::string> email;
    std::optional<std::string> address;
};
template <typename Visitor>
void describe(Visitor& visit, ApplicantSent& it)
{
    visit("name", it.name, {.about = "Who asks.", .length_max = 200, .example = "Phạm Thị Vy"});
    visit("phone", it.phone, {.length_max = 20, .example = "0905123456"});
    visit("email", it.email, {.length_max = 254, .example = "vy@example.vn"});
    visit("address", it.address, {.length_max = 500, .example = "Thôn 1"});
}

struct FileNamed {
    std::string paper;
    std::string id;
};
template <typename Visitor>
void describe(Visitor& visit, FileNamed& it)
{
    visit(
        "paper",
        it.paper,
        {.about = "Which paper of the procedure it is.", .length_max = 100, .example = "birth_notification"}
    );
    visit(
        "id",
        it.id,
        {.about = "Of POST /api/v1/files, by the same caller.",
         .length_max = 60,
         .example = "123456789.q83nLmTtQ1m0Zl2f"}
    );
}

struct DossierSent {
    std::string procedure;
    std::string agency;
    ApplicantSent applicant;
    json::value form;
    std::optional<std::vector<FileNamed>> files;
};
template <typename Visitor>
void describe(Visitor& visit, DossierSent& it)
{
    visit(
        "procedure",
        it.procedure,
        {.about = "Folder id of the procedure.", .length_max = 100, .example = "birth_registration"}
    );
    visit(
        "agency",
        it.agency,
        {.about = "Unit code of that day, or the agency's code.", .length_max = 40, .example = "21172"}
    );
    visit("applicant", it.applicant, {});
    visit("form", it.form, {.about = "By the procedure's form schema."});
    visit("files", it.files, {.length_max = 100});
}

struct DossierFiled {
    std::string code;
    std::string state;
    std::optional<Instant> due_at;
};
template <typename Visitor>
void describe(Visitor& visit, DossierFiled& it)
{
    visit("code", it.code, {.about = "Unique in the province.", .example = "000.00.17.H48-160701-0001"});
    visit("state", it.state, {.example = "filed"});
    visit("due_at", it.due_at, {.about = "Null until an officer has received it."});
}

struct DossierTracked {
    std::string code;
    std::string procedure;
    std::string agency;
    std::string state;
    std::string step;
    std::optional<Instant> due_at;
};
template <typename Visitor>
void describe(Visitor& visit, DossierTracked& it)
{
    visit("code", it.code, {.example = "000.00.17.H48-160701-0001"});
    visit("procedure", it.procedure, {.example = "Đăng ký khai sinh"});
    visit("agency", it.agency, {.example = "UBND xã Tịnh Khê"});
    visit("state", it.state, {.example = "in_progress"});
    visit("step", it.step, {.about = "Public name of the step it is at.", .example = "Thẩm tra"});
    visit("due_at", it.due_at, {});
}

/// The files named, each one's own. Problem "web.unknown_file" (field "/files/2/id").
Result<std::vector<casework::FiledFile>> files_named(
    const std::vector<FileNamed>& named, const web::Context& context
);

Result<web::Response> make_file(const web::Request& request, web::Context& context);
Result<web::Response> make_dossier(const web::Request& request, web::Context& context);
Result<web::Response> send_tracked(const web::Request& request, web::Context& context);

}  // namespace thien_an::portal
