#include "systems/justice/criminal_rules.h"

#include <array>

#include "engine/base/vietnamese.h"
#include "engine/casework/code_text.h"
#include "engine/casework/packs.h"
#include "engine/casework/work.h"
#include "engine/text/catalogue.h"

namespace thien_an::justice {
namespace {

using casework::RuleAnswer;
using casework::RuleInput;

std::string text(const json::value& form, std::string_view pointer)
{
    const auto* v = json::find(form, pointer);
    return v == nullptr || !v->is_string() ? "" : std::string(v->get_string());
}

bool yes(const json::value& form, std::string_view pointer)
{
    const auto* v = json::find(form, pointer);
    return v != nullptr && v->is_bool() && v->get_bool();
}

Result<RuleAnswer> may_request_rule(const RuleInput& input)
{
    const auto requester = requester_named(text(input.form, "/requester/relation"));
    const auto born = parse_day(text(input.form, "/person/born_on"));
    if (!requester || !born) return RuleAnswer{};
    const auto form = form_of_procedure(json::string_or(input.procedure, "id"));
    static_cast<void>(TRY(may_request(form, *requester, born.value(), input.today)));
    const auto own = folded(text(input.form, "/requester/full_name"));
    const auto other = folded(text(input.form, "/person/full_name"));
    if (*requester == Requester::self && !own.empty() && !other.empty() && own != other)
        return Problem{
            .code = "justice.self_is_another", .field = "/person/full_name", .law = "law-28-2009/art-45"};
    return RuleAnswer{};
}

/// The fee holds for two copies; each one more is paid for.
Result<RuleAnswer> copies_rule(const RuleInput& input)
{
    constexpr std::int64_t within_the_fee = 2;
    const auto* copies = json::find(input.form, "/result/copies");
    const auto count = copies == nullptr || !copies->is_int64() ? 1 : copies->get_int64();
    return RuleAnswer{{{"extra_copies", std::max<std::int64_t>(0, count - within_the_fee)}}, {}};
}

std::string penalty_name(const casework::CodeLists& codes, Penalty penalty, Day day)
{
    if (const auto* choices = codes.find("penalties", day))
        for (const auto& choice : *choices)
            if (choice.value == name_of(penalty)) return choice.label.vi;
    return std::string(name_of(penalty));
}

/// Lines for the officer: what each of those asked has said.
void add_lines(
    const RuleInput& input,
    const std::map<std::string, OutsideAnswer>& answers,
    const Record& record,
    RuleAnswer& out
)
{
    const auto warn = [&](std::string code, std::vector<std::pair<std::string, std::string>> words) {
        out.warnings.push_back({.code = std::move(code), .field = "", .law = "", .words = std::move(words)});
    };
    for (const auto& [receiver, answer] : answers) {
        const auto name = casework::code_text(input.codes, "record_receivers", receiver, input.today);
        if (answer.result == "unknown") warn("justice.receiver_does_not_know", {{"receiver", name}});
        if (answer.result == "clean") warn("justice.receiver_knows_of_none", {{"receiver", name}});
    }
    for (const auto& c : record.convictions)
        warn(
            "justice.conviction_told",
            {{"judgment", c.judgment},
             {"day", shown(c.judged_on)},
             {"court", c.court},
             {"offence", c.offence},
             {"penalty", penalty_name(input.codes, c.penalty, input.today)},
             {"months", std::to_string(c.months)},
             {"served", c.served_on ? shown(*c.served_on) : ""}}
        );
    for (const auto& ban : record.bans)
        warn("justice.ban_told", {{"what", ban.what}, {"from", shown(ban.from)}});
}

/// While the officer concludes: what was told; and his conclusion must be what the answers come to.
Result<RuleAnswer> records_rule(const RuleInput& input)
{
    RuleAnswer out;
    if (input.dossier == 0) return out;
    const auto answers = answers_by_receiver(input.db, input.keys, casework::DossierId{input.dossier});
    const auto record = TRY(record_of_answers(answers));
    add_lines(input, answers, record, out);
    if (input.task != "conclude" || input.outcome != "conclude") return out;
    const auto form = form_of_procedure(json::string_or(input.procedure, "id"));
    const auto shown = shown_on(form, record, input.today, yes(input.form, "/request/bans_asked"));
    const auto said = text(input.task_form, "/conclusion");
    if (said.empty() || said == (shown.clean() ? "none" : "has_record")) return out;
    return Problem{
        .code = shown.clean() ? "justice.nothing_to_show" : "justice.something_to_show",
        .field = "/conclusion",
        .law = "law-28-2009/art-42",
        .words = {{"count", std::to_string(shown.convictions.size())}}};
}

Result<json::object> choose_receivers(casework::Work&, const workflow::Call& call)
{
    json::object out;
    for (const auto* receiver : {"court", "justice_elsewhere", "military"})
        out[std::string("ask_") + receiver] = yes(call.form, std::string("/") + receiver);
    return out;
}

/// What the officer found out about erasure is an answer like the others.
Result<json::object> take_verification(casework::Work& work, const workflow::Call& call)
{
    const OutsideRequest request{
        work.office.ids.next_as<OutsideRequestTag>(), work.dossier.id, "verification", call.now};
    insert_request(work.db, request);
    insert_answer(
        work.db,
        work.office.keys,
        {.id = work.office.ids.next(),
         .request = request.id,
         .result = json::string_or(call.form, "result"),
         .by_party = work.act.actor.party,
         .at = call.now,
         .content = call.form}
    );
    return json::object{};
}

/// Freezes what the certificate says: facts of the dossier, sealed with its answers.
Result<json::object> conclude(casework::Work& work, const workflow::Call& call)
{
    const auto answers = answers_by_receiver(work.db, work.office.keys, work.dossier.id);
    const auto record = TRY(record_of_answers(answers));
    const auto form = form_of_procedure(work.dossier.procedure);
    const auto shown = shown_on(form, record, day_of(call.now), yes(work.form.form, "/request/bans_asked"));
    const auto* catalogue = work.office.words;
    const Say say = [&](std::string_view key, const json::object& places) {
        return catalogue == nullptr ? std::string(key) : catalogue->say(key, text::Language::vi, places);
    };
    std::string convictions;
    for (const auto& row : shown.convictions) {
        const auto penalty = penalty_name(work.office.codes, row.conviction.penalty, day_of(call.now));
        convictions += (convictions.empty() ? "" : "; ") + written(row, penalty, say);
    }
    std::string bans;
    for (const auto& ban : shown.bans) bans += (bans.empty() ? "" : "; ") + written(ban, say);
    auto& facts = work.form.facts;
    if (!facts.is_object()) facts = json::object{};
    auto& to = facts.get_object();
    to["conclusion"] = shown.clean() ? "none" : "has_record";
    to["convictions"] = shown.clean() ? say("justice.record.none", {}) : convictions;
    const bool bans_told = form == Form::two || yes(work.form.form, "/request/bans_asked");
    if (bans.empty()) bans = say("justice.record.no_bans", {});
    to["bans"] = bans_told ? json::value(bans) : json::value();
    ++work.form.version;
    casework::insert_form(
        work.db, work.office.keys, work.office.ids.next(), work.dossier.id, work.form, call.now
    );
    return json::object{};
}

/// Convictions an officer wrote down stand in numbered groups of the form.
json::value content_of(const OutsideAnswer& answer)
{
    if (json::member(answer.content, "convictions") != nullptr) return answer.content;
    json::array rows;
    for (const auto* group : {"conviction", "conviction_2", "conviction_3"})
        if (const auto* row = json::member(answer.content, group)) rows.push_back(*row);
    json::object out{{"convictions", std::move(rows)}};
    if (const auto* ban = json::member(answer.content, "ban")) out["bans"] = json::array{*ban};
    return out;
}

}  // namespace

Form form_of_procedure(std::string_view procedure)
{
    return procedure.ends_with("_2") ? Form::two : Form::one;
}

Result<Record> record_of_answers(const std::map<std::string, OutsideAnswer>& answers)
{
    Record out;
    for (const auto* receiver : {"police", "justice_elsewhere", "military", "court", "verification"}) {
        const auto answer = answers.find(receiver);
        if (answer == answers.end()) continue;
        auto told = TRY(record_from(content_of(answer->second)));
        for (auto& conviction : told.convictions) {
            const auto same = [&](const Conviction& c) {
                return folded(c.judgment) == folded(conviction.judgment) &&
                       c.judged_on == conviction.judged_on;
            };
            const auto known = std::ranges::find_if(out.convictions, same);
            if (known == out.convictions.end())
                out.convictions.push_back(std::move(conviction));
            else
                *known = std::move(conviction);
        }
        for (auto& ban : told.bans) out.bans.push_back(std::move(ban));
    }
    std::ranges::stable_sort(out.convictions, {}, &Conviction::judged_on);
    return out;
}

void add_criminal_rules(casework::RuleBook& book)
{
    book.add("justice.may_request", may_request_rule);
    book.add("justice.criminal_copies", copies_rule);
    book.add("justice.records_told", records_rule);
}

void add_criminal_actions(casework::Actions& actions)
{
    actions.add_local("justice.choose_receivers", choose_receivers);
    actions.add_local("justice.take_verification", take_verification);
    actions.add_local("justice.conclude", conclude);
}

}  // namespace thien_an::justice
