#include "systems/justice/secured_case_services.h"

#include <fstream>
#include <sstream>

#include "systems/justice/secured_filing.h"

namespace thien_an::justice {
namespace {

constexpr const char* before_path =
    "systems/justice/procedures/movables_registration/cases/registered_before.json";

/// The registration every example finds in the register.
void register_before(casework::Office& office, const std::filesystem::path& root)
{
    std::ifstream in(root / before_path, std::ios::binary);
    std::stringstream text;
    text << in.rdbuf();
    const auto parsed = json::parse(text.str());
    const auto* said = parsed ? json::member(parsed.value(), "notice") : nullptr;
    const auto notice = said == nullptr
                            ? Result<Notice>(Problem{.code = "justice.bad_notice", .field = "", .law = ""})
                            : notice_from(*said);
    const auto at = parsed ? parse_instant(json::string_or(parsed.value(), "filed_at"))
                           : Result<Instant>(parsed.problem());
    if (!notice || !at) throw std::runtime_error(std::string("cannot read ") + before_path);
    const Filing filing{
        .key = "before",
        .notice = notice.value(),
        .by = json::string_or(parsed.value(), "by"),
        .pin = json::string_or(parsed.value(), "pin")};
    const auto filed = office.database.write({lock_of_secured_register()}, [&](storage::Writer& db) {
        return file_notice(db, office.keys, filing, at.value());
    });
    if (!filed) throw std::runtime_error(std::string(before_path) + ": " + filed.problem().code);
}

}  // namespace

void add_secured_services(casework::CaseSetup& setup, CaseRegister& reg)
{
    const auto others = setup.add_handlers;
    setup.add_handlers =
        [others, &reg, root = setup.root](casework::Office& office, storage::OutboxHandlers& handlers) {
            if (others) others(office, handlers);
            reg.simulator = std::make_unique<SecuredSimulator>(office.database, office.keys, office.clock);
            register_before(office, root);
            handlers.emplace(secured_request_kind, secured_handler(office, *reg.simulator));
        };
    setup.services["register"] = {secured_request_kind, [&reg](const std::optional<std::string>& answer) {
                                      using Failure = SecuredSimulator::Failure;
                                      if (!answer)
                                          reg.simulator->fail_next(Failure::line_down);
                                      else if (*answer == "answer lost")
                                          reg.simulator->fail_next(Failure::answer_lost);
                                      else if (*answer == "request lost")
                                          reg.simulator->fail_next(Failure::request_lost);
                                  }};
}

}  // namespace thien_an::justice
