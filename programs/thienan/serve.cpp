#include "programs/thienan/serve.h"

#include <fmt/format.h>

#include <csignal>
#include <thread>

#include "engine/casework/casework.h"
#include "engine/identity/audit_seal.h"
#include "engine/storage/server_clock.h"
#include "engine/web/events.h"
#include "engine/web/identity_sessions.h"
#include "engine/web/server.h"
#include "engine/web/site.h"

#include "systems/one_stop/desk_frame.h"

#include "programs/thienan/admin_socket.h"
#include "programs/thienan/commands.h"
#include "programs/thienan/house.h"
#include "programs/thienan/registry.h"

namespace thien_an::program {
namespace {

namespace fs = std::filesystem;

/// Limits by name, as routes ask for them: one visitor's address.
std::map<std::string, web::Rate, std::less<>> rates(const House& house, bool unlimited)
{
    auto rates = house.folder_.settings().web.rates;
    rates.emplace("verify", web::Rate{.burst = 30, .per_minute = 30});
    if (unlimited)
        for (auto& [name, rate] : rates) rate = {.burst = 1e9, .per_minute = 1e9};
    return {rates.begin(), rates.end()};
}

std::vector<text::TemplateFolder> template_folders(const fs::path& packs)
{
    std::vector<text::TemplateFolder> folders{{"frame", packs / "ui" / "frame"}};
    for (const auto& entry : fs::directory_iterator(packs / "systems"))
        if (fs::is_directory(entry.path() / "pages"))
            folders.push_back({entry.path().filename().string(), entry.path() / "pages"});
    return folders;
}

/// Runs `work` again and again until the end, `pause` apart; a fault is logged and the next round tries again.
class Repeating {
public:
    Repeating(
        const Log& log, std::string_view name, std::chrono::milliseconds pause, std::function<bool()> work
    )
        : thread_(
              [&log, name = std::string(name), pause, work = std::move(work)](const std::stop_token& ending) {
                  std::mutex mutex;
                  std::condition_variable_any wake;
                  while (!ending.stop_requested()) {
                      bool more = false;
                      try {
                          more = work();
                      } catch (const std::exception& fault) {
                          log.error("repeating_work_failed", {{"work", name}, {"reason", fault.what()}});
                      }
                      std::unique_lock lock(mutex);
                      if (!more) wake.wait_for(lock, ending, pause, [] { return false; });
                  }
              }
          )
    {
    }

private:
    std::jthread thread_;
};

/// What only a server has, in the order it is made.
struct Running {
    explicit Running(House& house, const Options& options);

    House& house;
    text::Templates templates;
    web::Assets assets;
    web::Pages pages;
    web::RouteTable routes;
    web::Services services;
    web::TokenMaker tokens;
    web::IdentitySessions sessions;
    web::RateLimiter limits;
    web::Metrics metrics;
    web::Events events;
    one_stop::DeskStream stream;
    web::DeskFrame frame;
    web::Readiness readiness;
    web::Site site;
    web::Server server;
};

json::object frame_of(const House& house)
{
    const Day today = day_of(house.clock_.now());
    const auto setting = [&](std::string_view key) {
        const auto* found = house.province_->setting(key, today);
        return found == nullptr ? json::value(nullptr) : *found;
    };
    const auto name = casework::words_from(house.province_->setting("province.name", today));
    json::value help = nullptr;
    if (const auto number = setting("province.switchboard"); number.is_string())
        help = json::object{
            {"number", number}, {"hours", house.words_.say("program.help_hours", text::Language::vi)}};
    const json::object words{{"province", name.vi}};
    return {
        {"province", house.words_.say("program.province", text::Language::vi, words)},
        {"owner", house.words_.say("program.owner", text::Language::vi, words)},
        {"help_line", std::move(help)},
        {"demo", house.folder_.settings().demo}};
}

fs::path assets_folder(const fs::path& packs)
{
    return fs::exists(packs / "build" / "ui" / "manifest.json") ? packs / "build" / "ui"
                                                                : packs / "ui" / "made";
}

std::pair<std::string, std::uint16_t> address_and_port(const std::string& listen)
{
    const auto colon = listen.rfind(':');
    if (colon == std::string::npos) throw std::runtime_error("--listen takes ADDR:PORT");
    return {listen.substr(0, colon), std::uint16_t(std::stoi(listen.substr(colon + 1)))};
}

web::ServerSettings server_settings(const House& house, const Options& options)
{
    auto settings = house.folder_.settings().web.server;
    std::tie(settings.address, settings.port) = address_and_port(options.listen);
    if (options.no_limits) settings.connections_per_address_max = settings.connections_max;
    return settings;
}

web::SiteSettings site_settings(const House& house)
{
    auto settings = house.folder_.settings().web.site;
    settings.tls = !house.folder_.settings().web.server.certificate_file.empty();
    settings.show_faults = house.folder_.settings().demo;
    return settings;
}

Running::Running(House& the_house, const Options& options)
    : house(the_house),
      templates(text::Templates::load(template_folders(house.packs_path_), house.words_)),
      assets(web::Assets::load(assets_folder(house.packs_path_))),
      pages{
          house.words_,
          templates,
          assets.addresses(),
          frame_of(house),
          {{"procedures", "/thu-tuc"},
           {"track", "/tra-cuu"},
           {"verify", "/xac-minh"},
           {"help", "/tro-giup"},
           {"mine", "/ho-so-cua-toi"}}},
      routes(all_routes()),
      tokens([&] {
          const auto key = house.keys_.purpose_key("web.tokens");
          return Bytes(key.bytes().begin(), key.bytes().end());
      }()),
      sessions(*house.means_),
      limits(rates(house, options.no_limits)),
      stream(*house.database_, events),
      frame(desk_frame()),
      readiness{[&house = house] { return storage::fit_to_serve(*house.database_, house.wall_); }},
      site(
          {.routes = routes,
           .services = services,
           .pages = pages,
           .assets = assets,
           .tokens = tokens,
           .sessions = sessions,
           .limits = limits,
           .metrics = metrics,
           .ids = house.ids_,
           .business = house.clock_,
           .wall = house.wall_,
           .log = house.log_},
          site_settings(house)
      ),
      server(
          site,
          [&house = house](std::int64_t bytes_max) { return house.files_.upload({.bytes_max = bytes_max}); },
          events,
          server_settings(house, options)
      )
{
    services.add<storage::Database>(*house.database_);
    services.add<IdSource>(house.ids_);
    services.add<text::Catalogue>(house.words_);
    services.add<casework::Office>(*house.office_);
    services.add<administration::DeskSettings>(*house.settings_);
    services.add<identity::Means>(*house.means_);
    services.add<crypto::Trust>(house.trust_);
    services.add<web::Metrics>(metrics);
    services.add<web::Events>(events);
    services.add<web::Readiness>(readiness);
    services.add<web::DeskFrame>(frame);
    services.add<one_stop::DeskStream>(stream);
    services.add<web::RateLimiter>(limits);
}

/// Blocks SIGINT and SIGTERM in every thread started after it; wait() takes one.
class Ending {
public:
    Ending()
    {
        sigemptyset(&signals_);
        sigaddset(&signals_, SIGINT);
        sigaddset(&signals_, SIGTERM);
        pthread_sigmask(SIG_BLOCK, &signals_, nullptr);
    }
    void wait() const
    {
        int signal = 0;
        sigwait(&signals_, &signal);
    }

private:
    sigset_t signals_{};
};

void greet(House& house, const std::string& url)
{
    for (const auto& fault : house.refused()) house.log_.warning("pack_refused", {{"reason", fault}});
    if (!house.recovery_key().empty())
        fmt::print(
            "Recovery key, shown only now. Write it down and keep it away from this machine:\n  {}\n",
            house.recovery_key()
        );
    if (const auto token = house.setup_token())
        fmt::print(
            "First administrator, a link that works once within 24 hours:\n  {}/bat-dau/{}\n", url, *token
        );
    fmt::print("ready {}\n", url);
    std::fflush(stdout);
}

}  // namespace

int serve(const Options& options)
{
    const Ending ending;
    auto opened = House::open(options, true);
    if (!opened) {
        fmt::print(stderr, "{}\n", sentence_without_house(opened.problem()));
        return 1;
    }
    House& house = *opened.value();
    if (options.demo && !make_demo(house)) return 1;
    Running running(house, options);
    const AdminSocket admin(house.folder_.path().string(), [&](const Options& asked) {
        return run_command(house, asked);
    });
    const storage::OutboxRunner outbox(
        *house.database_,
        house.ids_,
        house.clock_,
        house.outbox_handlers(),
        {.threads = 2,
         .on_fault =
             [&](const std::string& fault) {
                 house.log_.error("outbox_failed", {{"reason", fault}});
             }}
    );
    const Repeating sealer(house.log_, "seal_audit", std::chrono::milliseconds{500}, [&] {
        return identity::seal_audit(*house.database_, house.keys_, house.wall_.now(), house.checkpoints())
            .more;
    });
    const Repeating work(house.log_, "casework", std::chrono::milliseconds{500}, [&] {
        return casework::work_once(*house.office_) > 0;
    });
    running.server.start();
    greet(house, running.server.url());
    ending.wait();
    running.server.stop();
    return 0;
}

}  // namespace thien_an::program
