#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/base/json.h"
#include "engine/web/context.h"
#include "engine/web/describe.h"
#include "engine/web/http.h"

/// The API of the desk: tasks one may do, and doing them.
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

struct TaskDone {
    std::string outcome;
    json::value form;
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
Result<web::Response> complete_task(const web::Request& request, web::Context& context);

}  // namespace thien_an::one_stop
