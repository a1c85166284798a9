#include "systems/justice/secured_filing.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/casework/packs.h"
#include "engine/casework/work.h"

#include "systems/justice/secured_form.h"
#include "systems/justice/secured_requests.h"
#include "systems/justice/secured_values.h"

namespace thien_an::justice {
namespace {

using Outcome = storage::Sent::Outcome;

constexpr std::string_view search_series = "secured/search";

std::string key_of(std::int64_t call) { return "vn-51/" + std::to_string(call); }

bool is_search(const json::value& asked) { return act_of_form(asked) == "search"; }

/// Remembers what is asked, as it is now, and puts the row that carries it into the outbox.
Result<Done> ask_register(casework::Work& work, const workflow::Call& call)
{
    if (!is_search(work.form.form)) static_cast<void>(TRY(filing_of(work.form.form)));
    insert_request(
        work.db,
        work.office.keys,
        {.call = call.id.value,
         .dossier = work.dossier.id.value,
         .asked_at = call.now,
         .asked = work.form.form}
    );
    storage::OutboxMessage message;
    message.kind = secured_request_kind;
    message.aggregate_kind = "dossier";
    message.aggregate_id = work.dossier.id.value;
    message.payload = json::text_of(json::object{{"call", call.id.value}});
    message.idempotency_key = std::to_string(call.id.value);
    message.due = work.act.now;
    storage::outbox_add(work.db, work.office.ids, message);
    return Done{};
}

SecuredRequest request_of(casework::Office& office, storage::Reader& db, const storage::OutboxItem& item)
{
    const auto payload = json::parse(item.message.payload).value();
    auto found = find_request(db, office.keys, json::integer_or(payload, "call"));
    if (!found) throw std::logic_error("an outbox row names no request to the register");
    return *std::move(found);
}

std::string reply_of(const SearchResult& result)
{
    json::array notices;
    for (const auto& hit : result.hits)
        for (const auto& filed : hit.notices) notices.push_back(json_of(filed));
    return json::text_of(json::object{
        {"found",
         json::object{
             {"as_of", column(result.search.as_of)}, {"more", result.more}, {"notices", std::move(notices)}}}}
    );
}

storage::Sent send_search(SecuredRegistry& registry, const SecuredRequest& request)
{
    const auto search = search_of(request.asked, request.asked_at);
    if (!search) return {.outcome = Outcome::refused, .reason = search.problem().code};
    const auto found = registry.search(search.value());
    if (!found) return {.outcome = Outcome::retry, .reason = found.problem().code};
    return {.outcome = Outcome::done, .reply = reply_of(found.value())};
}

storage::Sent send(casework::Office& office, SecuredRegistry& registry, const storage::OutboxItem& item)
{
    const auto request =
        office.database.read([&](storage::Reader& db) { return request_of(office, db, item); });
    if (is_search(request.asked)) return send_search(registry, request);
    auto filing = filing_of(request.asked);
    if (!filing) return {.outcome = Outcome::refused, .reason = filing.problem().code};
    auto sent = std::move(filing).value();
    sent.key = key_of(request.call);
    return registry.file(sent);
}

storage::Sent ask(casework::Office& office, SecuredRegistry& registry, const storage::OutboxItem& item)
{
    const auto request =
        office.database.read([&](storage::Reader& db) { return request_of(office, db, item); });
    // Searching twice harms nobody.
    if (is_search(request.asked)) return send_search(registry, request);
    return registry.ask(key_of(request.call));
}

/// What the register answered goes into the dossier, and the process goes on.
Result<Done> settle(
    casework::Office& office, storage::Writer& db, const storage::OutboxItem& item, const std::string& reply
)
{
    const auto request = request_of(office, db, item);
    const auto answer = TRY(json::parse(reply));
    const auto* refused = json::member(answer, "refused");
    const auto now = office.clock.now();
    answer_request(
        db,
        office.keys,
        request.call,
        refused == nullptr ? RequestOutcome::done : RequestOutcome::refused,
        answer,
        now
    );
    const casework::DossierId dossier{request.dossier};
    const identity::Act act{{.channel = "timer"}, now, office.ids};
    json::object out{{"outcome", refused == nullptr ? "done" : "refused"}, {"number", ""}};
    auto work = TRY(casework::open_work(office, db, act, {.dossier = dossier}));
    if (refused != nullptr) {
        work.event("register_refused", {}, {{"code", json::string_or(*refused, "code")}});
    } else if (const auto* filed = json::member(answer, "filed")) {
        const auto notice = TRY(filed_from(*filed));
        const auto number = printed(notice.number);
        out["number"] = number;
        work.event(
            "notice_filed",
            {{"entry_number", number}},
            {{"number", number}, {"at", shown_second(notice.filed_at)}}
        );
    } else {
        // The search has no number in the register: its certificate has one of the agency's own.
        const int year = int(std::chrono::year_month_day{day_of(now)}.year());
        const auto number =
            fmt::format("{}/{}", casework::next_number(db, work.dossier.agency, search_series, year), year);
        out["number"] = number;
        work.event("register_searched", {{"entry_number", number}}, {{"number", number}});
    }
    return casework::answer_call(office, db, dossier, request.call, out);
}

/// Values of the certificate: the notice as entered, or what the search found.
Result<json::object> certificate_values(casework::Work& work)
{
    const SecuredSpeech speech{work.office.words};
    const auto request = last_request(work.db, work.office.keys, work.dossier.id.value);
    if (!request || request->outcome != RequestOutcome::done)
        throw std::logic_error("a certificate before the register answered");
    if (const auto* filed = json::member(request->answer, "filed"))
        return json::object{{"notice", notice_values(TRY(filed_from(*filed)), speech)}};
    const auto& found = request->answer.at("found");
    auto search = TRY(search_of(request->asked, request->asked_at));
    search.as_of = instant_from(json::integer_or(found, "as_of"));
    std::vector<FiledNotice> notices;
    for (const auto& one : found.at("notices").as_array()) notices.push_back(TRY(filed_from(one)));
    std::sort(notices.begin(), notices.end(), [](const FiledNotice& a, const FiledNotice& b) {
        return std::tuple(a.registration, a.number) < std::tuple(b.registration, b.number);
    });
    auto result = arranged(search, std::move(notices));
    result.more = json::bool_or(found, "more");
    return json::object{{"search", search_values(result, true, speech)}};
}

Result<Done> sign_certificate(casework::Work& work, const workflow::Call& call)
{
    const auto paper = json::string_or(json::value(call.in), "paper");
    return casework::order_paper(work, paper, call.reason, &call, TRY(certificate_values(work)));
}

Result<json::object> withdraw(casework::Work& work, const workflow::Call& call)
{
    const auto request = last_request(work.db, work.office.keys, work.dossier.id.value);
    if (request && request->outcome != RequestOutcome::refused && !is_search(request->asked))
        return Problem{.code = "justice.filed_already", .field = "", .law = ""};
    auto plainly = call;
    plainly.action = "casework.withdraw";
    return work.office.actions.run(work, plainly);
}

}  // namespace

void add_secured_actions(casework::Actions& actions)
{
    actions.add_outbox("justice.file_notice", ask_register);
    actions.add_outbox("justice.search_register", ask_register);
    actions.add_outbox("justice.sign_certificate", sign_certificate);
    actions.add_local("justice.withdraw", withdraw);
}

storage::OutboxHandler secured_handler(casework::Office& office, SecuredRegistry& registry)
{
    storage::OutboxHandler handler;
    handler.send = [&office, &registry](const storage::OutboxItem& item) {
        return send(office, registry, item);
    };
    handler.ask = [&office, &registry](const storage::OutboxItem& item) {
        return ask(office, registry, item);
    };
    handler.locks = [&office](const storage::OutboxItem& item) {
        return casework::locks_of(office, casework::DossierId{item.message.aggregate_id});
    };
    handler.settled = [&office](
                          storage::Writer& db, const storage::OutboxItem& item, const std::string& reply
                      ) { return settle(office, db, item, reply); };
    return handler;
}

}  // namespace thien_an::justice
