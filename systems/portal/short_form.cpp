#include "systems/portal/short_form.h"

#include "systems/portal/visit.h"

namespace thien_an::portal {
namespace {

json::array fields_of(
    const std::vector<Asked>& asked,
    const web::Request& request,
    const std::optional<Problem>& problem,
    const web::Context& context
)
{
    const auto say = speech(context);
    json::array fields;
    for (const auto& one : asked) {
        const std::string key = "portal.field." + std::string(one.name);
        const std::string hint = key + "_hint";
        const bool wrong = problem && problem->field == "/" + std::string(one.name);
        fields.push_back(casework::text_field(
            {.name = std::string(one.name),
             .label = say.say(key),
             .hint = say.words.contains(hint) ? say.say(hint) : "",
             .error = wrong ? context.sentence(*problem) : "",
             .value = one.keep ? request.form.get(one.name) : "",
             .type = std::string(one.type),
             .input_mode = std::string(one.mode),
             .autocomplete = std::string(one.autocomplete),
             .narrow = one.mode == "numeric" || one.mode == "tel"}
        ));
    }
    return fields;
}

json::value lead_of(const ShortForm& form, std::string_view key, const casework::Speech& say)
{
    if (!form.lead.empty()) return json::value(form.lead);
    return say.words.contains(key) ? json::value(say.say(key)) : json::value(nullptr);
}

}  // namespace

web::Response draw(
    const ShortForm& form,
    const web::Request& request,
    web::Context& context,
    const std::optional<Problem>& problem
)
{
    const auto say = speech(context);
    const std::string before = "portal." + std::string(form.page);
    std::optional<Problem> wrong;
    std::vector<Problem> problems;
    if (problem) problems.push_back(wrong.emplace(placed(*problem, form.first)));
    json::array links;
    for (const auto& way : form.ways) links.push_back(json::object{{"href", way.href}, {"text", way.text}});
    json::array codes(form.codes.begin(), form.codes.end());
    return context.render(
        "portal/account_form",
        {{"title", say.say(before + ".title")},
         {"lead", lead_of(form, before + ".lead", say)},
         {"action", form.action},
         {"submit", say.say(before + ".submit")},
         {"fields", fields_of(form.asked, request, wrong, context)},
         {"error_summary", casework::error_summary({}, problems, say)},
         {"links", std::move(links)},
         {"has_codes", !codes.empty()},
         {"codes", std::move(codes)},
         {"back_href", form.back}},
        problem ? 422 : 200
    );
}

Problem placed(Problem problem, std::string_view first)
{
    const std::string_view code = problem.code;
    if (code == "identity.wrong_password")
        problem.field = "/old_password";
    else if (code.starts_with("identity.password"))
        problem.field = "/password";
    else if (code == "identity.wrong_code" || code.starts_with("identity.code_"))
        problem.field = "/code";
    else if (code == "identity.second_factor_needed")
        problem.field = "/factor";
    else if (code == "identity.bad_name")
        problem.field = "/full_name";
    else
        problem.field = "/" + std::string(first);
    return problem;
}

}  // namespace thien_an::portal
