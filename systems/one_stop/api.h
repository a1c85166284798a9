#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/base/json.h"
#include "engine/web/context.h"
#include "engine/web/describe.h"
#include "engine/web/http.h"
#include "engine/web/listing.h"

/// REST of the desk: tasks one may do, doing them, and the acts beside them.
namespace thien_an::one_stop {

struct TaskShown {
    std::string id;
    std::string dossier;
    std::string name;
    std::optional<Instant> due_at;
    std::vector<std::string> outcomes;
};
template <typename Visitor>
void describe(Visitor& visit, TaskShown& it)
{
    visit("id", it.id, {.length_max = 20, .example = "120435218374656"});
    visit("dossier", it.dossier, {.about = "Its code.", .example = "000.00.17.H48-160701-0001"});
    visit("name", it.name, {.about = "Of the step.", .example = "Thẩm tra, đối chiếu"});
    visit("due_at", it.due_at, {.about = "Of the step; null when it has no time of its own."});
    visit("outcomes", it.outcomes, {.about = "What may be sent as outcome.", .length_max = 20});
}

struct TaskPage {
    std::vector<TaskShown> items;
    std::optional<std::string> next;
};
template <typename Visitor>
void describe(Visitor& visit, TaskPage& it)
{
    visit("items", it.items, {.about = "The soonest due first.", .length_max = 100});
    visit("next", it.next, {.about = "Send it as cursor for the next page; null at the end."});
}

struct OutcomeShown {
    std::string id;
    std::string name;
    bool reason_needed = false;
};
template <typename Visitor>
void describe(Visitor& visit, OutcomeShown& it)
{
    visit("id", it.id, {.example = "receive"});
    visit("name", it.name, {.example = "Tiếp nhận"});
    visit("reason_needed", it.reason_needed, {});
}

struct TaskOpened {
    std::string id;
    std::string dossier;
    std::string step;
    std::string name;
    std::optional<Instant> due_at;
    std::vector<OutcomeShown> outcomes;
    json::value form;
    std::optional<std::string> holder;
    bool may_act = false;
};
template <typename Visitor>
void describe(Visitor& visit, TaskOpened& it)
{
    visit("id", it.id, {.example = "120435218374656"});
    visit("dossier", it.dossier, {.about = "Its code.", .example = "000.00.17.H48-160701-0001"});
    visit("step", it.step, {.about = "Of the process.", .example = "check"});
    visit("name", it.name, {.example = "Thẩm tra, đối chiếu"});
    visit("due_at", it.due_at, {});
    visit("outcomes", it.outcomes, {.length_max = 20});
    visit(
        "form", it.form, {.about = "JSON Schema of the member form of its completion; null when it has none."}
    );
    visit("holder", it.holder, {.about = "Who has taken it."});
    visit("may_act", it.may_act, {.about = "The caller's post may do it."});
}

/// A body without members.
struct NothingSent {};
template <typename Visitor>
void describe(Visitor&, NothingSent&)
{
}

struct TaskGiven {
    identity::PostId to;
    std::string reason;
};
template <typename Visitor>
void describe(Visitor& visit, TaskGiven& it)
{
    visit("to", it.to, {.about = "A post of the same agency."});
    visit("reason", it.reason, {.length_max = 1000, .example = "Nghỉ phép"});
}

struct NoteSent {
    std::string text;
};
template <typename Visitor>
void describe(Visitor& visit, NoteSent& it)
{
    visit("text", it.text, {.about = "For officers only.", .length_max = 2000, .example = "Đã gọi điện"});
}

struct ApologySent {
    Day new_due;
    std::string reason;
};
template <typename Visitor>
void describe(Visitor& visit, ApologySent& it)
{
    visit("new_due", it.new_due, {.about = "A working day after today."});
    visit("reason", it.reason, {.length_max = 1000, .example = "Chờ xác minh"});
}

struct PaymentSent {
    std::string receipt;
};
template <typename Visitor>
void describe(Visitor& visit, PaymentSent& it)
{
    visit(
        "receipt",
        it.receipt,
        {.about = "Number of the receipt given.", .length_max = 40, .example = "BL-000123"}
    );
}

/// What an act beside the tasks came to.
struct ActDone {
    std::string dossier;
};
template <typename Visitor>
void describe(Visitor& visit, ActDone& it)
{
    visit("dossier", it.dossier, {.about = "Its code.", .example = "000.00.17.H48-160701-0001"});
}

struct TaskDone {
    std::string outcome;
    std::optional<json::value> form;
    std::optional<std::string> reason;
};
template <typename Visitor>
void describe(Visitor& visit, TaskDone& it)
{
    visit(
        "outcome",
        it.outcome,
        {.about = "One of the task's outcomes.", .length_max = 100, .example = "receive"}
    );
    visit("form", it.form, {.about = "By the form of the task; {} when it has none."});
    visit("reason", it.reason, {.about = "Where the outcome asks for one.", .length_max = 4000});
}

struct TaskCompleted {
    std::string dossier;
    std::string state;
    std::optional<Instant> due_at;
    std::vector<std::string> next;
};
template <typename Visitor>
void describe(Visitor& visit, TaskCompleted& it)
{
    visit("dossier", it.dossier, {.about = "Its code.", .example = "000.00.17.H48-160701-0001"});
    visit("state", it.state, {.example = "received"});
    visit("due_at", it.due_at, {});
    visit("next", it.next, {.about = "Ids of the tasks open now.", .length_max = 50});
}

Result<web::Response> list_tasks(const web::Request& request, web::Context& context);
Result<web::Response> send_task(const web::Request& request, web::Context& context);
Result<web::Response> complete_task(const web::Request& request, web::Context& context);
Result<web::Response> claim_task(const web::Request& request, web::Context& context);
Result<web::Response> release_task(const web::Request& request, web::Context& context);
Result<web::Response> reassign_task(const web::Request& request, web::Context& context);
Result<web::Response> note_dossier(const web::Request& request, web::Context& context);
Result<web::Response> apologise_for_dossier(const web::Request& request, web::Context& context);
Result<web::Response> take_dossier_payment(const web::Request& request, web::Context& context);

}  // namespace thien_an::one_stop
