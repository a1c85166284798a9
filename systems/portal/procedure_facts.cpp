#include "systems/portal/procedure_facts.h"

#include <algorithm>

namespace thien_an::portal {
namespace {

std::string paper_count(const casework::PaperWanted& paper, const casework::Speech& speech)
{
    if (paper.shown) return speech.say("portal.paper.shown");
    if (paper.originals > 0)
        return speech.say("portal.paper.originals", json::object{{"count", paper.originals}});
    return speech.say(
        "portal.paper.copies", json::object{{"count", std::max<std::int64_t>(1, paper.copies)}}
    );
}

}  // namespace

json::value text_or_null(const std::string& text)
{
    return text.empty() ? json::value(nullptr) : json::value(text);
}

std::string limit_text(const casework::Procedure& procedure, Day today, const casework::Speech& speech)
{
    const auto limit = procedure.time_limit(today);
    return limit ? speech.in(limit->text) : speech.say("portal.procedure.limit_untold");
}

std::string fee_text(const casework::Procedure& procedure, const casework::Speech& speech)
{
    const auto text = speech.in(procedure.fee_text());
    return text.empty() ? speech.say("portal.procedure.fee_untold") : text;
}

std::string level_text(const casework::Procedure& procedure, Day today, const casework::Speech& speech)
{
    const auto level = procedure.service_level(today);
    return level ? speech.in(level->label) : speech.say("portal.procedure.level_information");
}

std::string first_clause(const std::string& text)
{
    std::size_t end = text.size();
    for (const std::string_view mark : {"; ", ". "}) end = std::min(end, text.find(mark));
    if (end == text.size() && text.ends_with('.')) --end;
    return text.substr(0, end);
}

json::array paper_rows(const casework::Procedure& procedure, Day today, const casework::Speech& speech)
{
    json::array rows;
    for (const auto& paper : procedure.papers(today)) {
        const std::string help = speech.in(paper.help);
        rows.push_back(json::object{
            {"paper", speech.in(paper.name)},
            {"copies", paper_count(paper, speech)},
            {"note", text_or_null(help)}});
    }
    for (const auto& paper : procedure.papers_text())
        rows.push_back(json::object{{"paper", speech.in(paper)}, {"copies", nullptr}, {"note", nullptr}});
    return rows;
}

std::string law_title(const std::string& id, const casework::Speech& speech)
{
    if (const std::string key = "law." + id; speech.words.contains(key)) return speech.say(key);
    const auto kind = id.substr(0, id.find('-'));
    const std::string key = "law.kind." + kind;
    if (kind.size() == id.size() || !speech.words.contains(key)) return id;
    std::string number = id.substr(kind.size() + 1);
    std::replace(number.begin(), number.end(), '-', '/');
    return speech.say(key, json::object{{"number", number}});
}

json::array law_rows(const casework::Procedure& procedure, Day today, const casework::Speech& speech)
{
    json::array rows;
    for (const auto& basis : procedure.legal_basis(today)) {
        json::value articles = nullptr;
        if (!basis.articles.empty()) {
            std::string list;
            for (const auto& article : basis.articles) list += (list.empty() ? "" : ", ") + article;
            articles = speech.say("portal.law.articles", json::object{{"articles", list}});
        }
        rows.push_back(json::object{{"title", law_title(basis.law, speech)}, {"note", articles}});
    }
    return rows;
}

json::array way_of_filing(const casework::Procedure& procedure, Day today, const casework::Speech& speech)
{
    json::array steps;
    const auto level = procedure.service_level(today);
    const bool online = procedure.files_online(today);
    steps.emplace_back(speech.say(online ? "portal.procedure.step_file" : "portal.procedure.step_bring"));
    steps.emplace_back(speech.say("portal.procedure.step_receive"));
    steps.emplace_back(speech.say("portal.procedure.step_settle"));
    if (level && level->sign_register == "at_desk")
        steps.emplace_back(speech.say("portal.procedure.step_sign"));
    if (level && level->sign_register == "by_code")
        steps.emplace_back(speech.say("portal.procedure.step_code"));
    steps.emplace_back(speech.say("portal.procedure.step_result"));
    return steps;
}

}  // namespace thien_an::portal
