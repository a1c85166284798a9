#include "programs/thienan/demo_secured.h"

#include "systems/justice/secured_register.h"

#include "programs/thienan/house.h"

namespace thien_an::program {
namespace {

/// "08:15:03" so many days ago.
Instant moment_of(const json::value& row, Day today)
{
    const auto day = today - std::chrono::days{json::integer_or(row, "days_back")};
    const auto moment = parse_instant(iso(day) + "T" + json::string_or(row, "time"));
    if (!moment) throw std::runtime_error("demo_secured.json: " + moment.problem().code);
    return moment.value();
}

justice::Filing filing_of(const json::value& row)
{
    const auto notice = justice::notice_from(row.at("notice"));
    if (!notice) throw std::runtime_error("demo_secured.json: " + notice.problem().code);
    return {
        .key = "demo/" + json::string_or(row, "key"),
        .notice = notice.value(),
        .filer = notice.value().kind == justice::NoticeKind::correction ? justice::Filer::registrar
                                                                        : justice::Filer::party,
        .by = json::string_or(row, "by"),
        .pin = json::string_or(row, "pin"),
        .new_pin = json::string_or(row, "new_pin")};
}

}  // namespace

void make_demo_secured(House& house, const json::value& notices)
{
    const auto today = day_of(house.clock_.now());
    for (const auto& row : notices.at("notices").as_array()) {
        const auto filed =
            house.database_->write({justice::lock_of_secured_register()}, [&](storage::Writer& db) {
                return justice::file_notice(db, house.keys_, filing_of(row), moment_of(row, today));
            });
        if (!filed) throw std::runtime_error("demo_secured.json: " + house.say(filed.problem()));
    }
}

}  // namespace thien_an::program
