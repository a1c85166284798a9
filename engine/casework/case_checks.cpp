#include <fmt/format.h>

#include "engine/casework/case_world.h"
#include "engine/casework/reading_parts.h"
#include "engine/casework/work.h"
#include "engine/identity/posts.h"
#include "engine/workflow/calendar.h"

namespace thien_an::casework {
namespace {

std::string unlike(std::string_view what, std::string_view expected, std::string_view found)
{
    if (expected == found) return "";
    return fmt::format("expected {} {}, found {}", what, expected, found);
}

std::string minutes_text(Instant at) { return iso(at).substr(0, 16); }
std::string at_or(const std::vector<std::string>& words, std::size_t i)
{
    return i < words.size() ? words[i] : "";
}

std::string text_of_value(const json::value& v)
{
    return v.is_string() ? std::string(v.get_string()) : json::text_of(v);
}

}  // namespace

std::string CaseWorld::check(const CaseStatement& statement, const std::optional<Problem>& last)
{
    const auto& w = statement.words;
    const auto& first = w.at(0);
    if (first == "problem" || (first == "no" && at_or(w, 1) == "problem")) {
        const auto found = last ? last->code : "no problem";
        if (first == "no") return unlike("", "no problem", found);
        if (at_or(w, 3) == "at" && last && last->field != at_or(w, 4))
            return unlike("at", at_or(w, 4), last->field);
        return unlike("problem", at_or(w, 2), found);
    }
    if (first == "state" && !dossier_) return unlike("state", at_or(w, 2), "none");
    if (!dossier_) return "nothing was filed";
    return check_dossier(w, dossier());
}

std::string CaseWorld::check_dossier(const std::vector<std::string>& w, const Dossier& d)
{
    const auto& first = w[0];
    const auto second = at_or(w, 1);
    const auto procedure = packs_->version(PackId{d.pack});
    const auto law = law_facts(*procedure, day_of(d.received_on.value_or(d.filed_on)));
    if (first == "state") return unlike("state", at_or(w, 2), name_of(d.state));
    if (first == "task" || first == "tasks" || (first == "no" && second == "task")) return check_tasks(w, d);
    if (first == "due")
        return unlike("due", at_or(w, 2), d.due && !is_closed(d.state) ? minutes_text(*d.due) : "none");
    if (first == "clock" || first == "used") return check_clock(w, d);
    if (first == "fee") return check_money(w, d);
    if (first == "entry" || (first == "no" && second == "entry")) return check_entry(w, d);
    if (first == "paper") return check_papers(w, d);
    if (first == "timeliness") {
        const auto facts =
            database_->read([&](storage::Reader& db) { return form_of(db, *from_.keys, d.id).facts; });
        return unlike("timeliness", at_or(w, 2), json::string_or(facts, "timeliness"));
    }
    if (first == "level") return unlike("level", at_or(w, 2), std::string(law.at("level").as_string()));
    if (first == "original")
        return unlike("original", at_or(w, 2), std::string(law.at("original").as_string()));
    if (first == "warning" || (first == "no" && second == "warning")) {
        std::string found;
        database_->read([&](storage::Reader& db) {
            for (const auto& warning : warnings_of(*office_, db, d, form_of(db, *from_.keys, d.id).form))
                found += (found.empty() ? "" : " ") + warning.code;
        });
        return unlike("warning", first == "no" ? "" : at_or(w, 2), found);
    }
    if (first == "notice") {
        const bool sent = std::find(notices_.begin(), notices_.end(), "dossier." + second) != notices_.end();
        return sent ? "" : "notice " + second + " was not sent";
    }
    if (first == "escalated" || (first == "not" && second == "escalated")) {
        bool found = false;
        database_->read([&](storage::Reader& db) {
            for (const auto& event : events_of(db, d.id))
                found = found || event.kind == "escalated" || event.kind == "step_overdue";
        });
        return found == (first == "escalated") ? "" : found ? "it was escalated" : "it was not escalated";
    }
    if (first == "forms") {
        const auto balance = database_->read([&](storage::Reader& db) {
            return documents::balance_of(db, d.agency, at_or(w, 1));
        });
        const std::map<std::string, std::int64_t, std::less<>> counts{
            {"left", balance.in_stock()},
            {"issued", balance.issued},
            {"spoiled", balance.spoiled},
            {"destroyed", balance.destroyed}};
        const auto found = counts.find(at_or(w, 2));
        if (found == counts.end()) return "not understood: forms " + at_or(w, 2);
        return unlike("forms " + at_or(w, 2), at_or(w, 4), std::to_string(found->second));
    }
    if (first == "agency") {
        const auto unit = database_->read([&](storage::Reader& db) {
            return identity::agency_on(db, d.agency, day_of(d.filed_on)).value().unit;
        });
        return unlike("agency", at_or(w, 2), unit);
    }
    return "not understood: " + first;
}

std::string CaseWorld::check_tasks(const std::vector<std::string>& w, const Dossier& d)
{
    return database_->read([&](storage::Reader& db) -> std::string {
        const auto open = workflow::open_tasks(db, workflow::InstanceId{d.instance});
        std::set<std::string> found;
        for (const auto& task : open) found.insert(task.node);
        if (at_or(w, 2) == "for") {
            std::set<std::string> kinds;
            for (const auto& task : open)
                for (const auto post : task.candidates)
                    kinds.insert(identity::find_post(db, post).value().kind);
            const std::set<std::string> wanted(w.begin() + 3, w.end());
            return unlike(
                "task for",
                fmt::format("{}", fmt::join(wanted, " ")),
                fmt::format("{}", fmt::join(kinds, " "))
            );
        }
        const std::set<std::string> wanted =
            w[0] == "no" ? std::set<std::string>{} : std::set<std::string>(w.begin() + 2, w.end());
        return unlike(
            "tasks", fmt::format("{}", fmt::join(wanted, " ")), fmt::format("{}", fmt::join(found, " "))
        );
    });
}

std::string CaseWorld::check_clock(const std::vector<std::string>& w, const Dossier& d)
{
    return database_->read([&](storage::Reader& db) -> std::string {
        const auto ledger = workflow::find_clock(db, workflow::InstanceId{d.instance});
        const bool none = !ledger || ledger->stopped;
        if (w[0] == "clock")
            return unlike(
                "clock",
                at_or(w, 2),
                none                  ? "none"
                : ledger->suspended() ? "suspended"
                                      : "running"
            );
        if (!ledger) return "no clock was started";
        const auto used =
            workflow::consumed(*ledger, office_->settings.calendar(ledger->calendar), clock_.now());
        return unlike("used", at_or(w, 2), std::to_string(used.count()));
    });
}

std::string CaseWorld::check_money(const std::vector<std::string>& w, const Dossier& d)
{
    if (at_or(w, 1) == "reason") return unlike("fee reason", at_or(w, 3), d.fee_reason);
    if (at_or(w, 2) != "the") return unlike("fee", at_or(w, 2), std::to_string(d.fee.amount));
    const auto fees = office_->settings.fees(day_of(d.filed_on));
    const auto known = fees.find(at_or(w, 3));
    if (known == fees.end()) return "no fee " + at_or(w, 3) + " on that day";
    return unlike("fee", std::to_string(known->second), std::to_string(d.fee.amount));
}

std::string CaseWorld::check_entry(const std::vector<std::string>& w, const Dossier& d)
{
    return database_->read([&](storage::Reader& db) -> std::string {
        const auto id = registers::entry_of_dossier(db, d.id.value);
        if (w[0] == "no") return id ? "there is an entry" : "";
        if (!id) return "there is no entry";
        const auto procedure = packs_->version(PackId{d.pack});
        const auto entry =
            registers::find_entry(db, *from_.keys, *packs_->reg(procedure->register_id()), *id).value();
        if (at_or(w, 2) == "annulled") return entry.in_force ? "the entry is in force" : "";
        if (at_or(w, 1) == "is")
            return unlike("entry", at_or(w, 2), fmt::format("{}/{}", entry.number, entry.year));
        const auto* value = entry.fields.if_contains(at_or(w, 1).substr(1));
        return unlike(
            "entry " + at_or(w, 1),
            text_of_value(case_value(at_or(w, 3))),
            value == nullptr ? "null" : text_of_value(*value)
        );
    });
}

std::string CaseWorld::check_papers(const std::vector<std::string>& w, const Dossier& d)
{
    const auto paper = at_or(w, 1);
    return database_->read([&](storage::Reader& db) -> std::string {
        if (!find_job(db, d.id, paper)) return "paper " + paper + " was not made";
        if (at_or(w, 2) != "says") return "";
        // Its values are frozen with the event that led to it.
        const auto text = text_of_value(case_value(at_or(w, 3)));
        for (const auto& event : events_of(db, d.id))
            if (json::text_of(json::value(event.body)).find(text) != std::string::npos) return "";
        return "paper " + paper + " does not say " + text;
    });
}

}  // namespace thien_an::casework
