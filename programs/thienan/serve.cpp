#include "programs/thienan/serve.h"

#include <fmt/format.h>

#include <charconv>
#include <csignal>
#include <thread>

#include "engine/casework/casework.h"
#include "engine/identity/audit_seal.h"
#include "engine/identity/expiry.h"
#include "engine/offline/sync.h"
#include "engine/storage/tidy.h"
#include "engine/web/events.h"
#include "engine/web/identity_sessions.h"
#include "engine/web/server.h"
#include "engine/web/site.h"

#include "systems/civil_status/national.h"
#include "systems/one_stop/desk_frame.h"

#include "programs/thienan/admin_socket.h"
#include "programs/thienan/commands.h"
#include "programs/thienan/house.h"
#include "programs/thienan/registry.h"
#include "programs/thienan/watch.h"

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

constexpr std::chrono::hours upkeep_pause{1};

/// Deletes what has had its time; whether there is more to delete at once.
bool keep_up(House& house)
{
    constexpr int rows_max = 1000;
    const std::lock_guard lock(house.upkeep_);
    const auto tidied = storage::tidy(*house.database_, house.files_, house.clock_.now());
    const auto forgotten = house.database_->write({}, [&](storage::Writer& db) -> Result<std::int64_t> {
        return identity::forget_expired(db, house.wall_.now(), rows_max);
    });
    house.log_.info(
        "tidied",
        {{"keys", tidied.keys},
         {"messages", tidied.messages},
         {"files", tidied.contents},
         {"identity_rows", forgotten.value()}}
    );
    return forgotten.value() >= rows_max;
}

/// Forms an offline node takes: what its journal writes down, and signing in. All else is done at the centre.
constexpr std::array<std::string_view, 14> forms_of_a_node{
    "/hien-thi",
    "/xac-minh",
    "/dang-nhap",
    "/dang-xuat",
    "/oauth/token",
    "/api/v1/files",
    "/api/v1/dossiers",
    "/api/v1/tasks",
    "/api/v1/registers",
    "/ban-lam-viec/chon",
    "/ban-lam-viec/giao",
    "/ban-lam-viec/ho-so",
    "/ban-lam-viec/nhan-tai-quay",
    "/ban-lam-viec/tai-khoan"};

bool is_of_a_node(const web::Route& route)
{
    return route.method == web::Method::get ||
           std::any_of(forms_of_a_node.begin(), forms_of_a_node.end(), [&](std::string_view start) {
               return route.path.starts_with(start);
           });
}

/// The routes of this installation.
std::vector<web::Route> routes_of(const House& house)
{
    std::vector<web::Route> routes;
    for (const auto& table : all_routes())
        for (const auto& route : table)
            if (!house.journal_ || is_of_a_node(route)) routes.push_back(route);
    return routes;
}

/// What only a server has, in the order it is made.
struct Running {
    explicit Running(House& house, const Options& options);

    House& house;
    text::Templates templates;
    web::Assets assets;
    web::Pages pages;
    std::vector<web::Route> own_routes;
    web::RouteTable routes;
    web::Services services;
    web::TokenMaker tokens;
    web::IdentitySessions sessions;
    web::RateLimiter limits;
    web::Metrics metrics;
    web::Events events;
    one_stop::DeskStream stream;
    web::DeskFrame frame;
    Watch watch;
    web::Readiness readiness;
    web::Site site;
    web::Server server;
};

json::object frame_of(const House& house, text::Language language)
{
    const Day today = day_of(house.clock_.now());
    const auto setting = [&](std::string_view key) {
        const auto* found = house.province_->setting(key, today);
        return found == nullptr ? json::value(nullptr) : *found;
    };
    const auto name = casework::words_from(house.province_->setting("province.name", today));
    json::value help = nullptr;
    if (const auto number = setting("province.switchboard"); number.is_string())
        help = json::object{{"number", number}, {"hours", house.words_.say("program.help_hours", language)}};
    const json::object words{{"province", name.in(text::code_of(language))}};
    return {
        {"province", house.words_.say("program.province", language, words)},
        {"owner", house.words_.say("program.owner", language, words)},
        {"help_line", std::move(help)},
        {"demo", house.folder_.settings().demo}};
}

fs::path assets_folder(const fs::path& packs)
{
    return fs::exists(packs / "build" / "ui" / "manifest.json") ? packs / "build" / "ui"
                                                                : packs / "ui" / "made";
}

/// Where --listen says, in place of what the settings say.
Result<Done> listen_at(const std::string& listen, web::ServerSettings& settings)
{
    if (listen.empty()) return Done{};
    const auto colon = listen.rfind(':');
    const auto port = listen.substr(colon + 1);
    int number = -1;
    const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), number);
    const bool whole = error == std::errc{} && end == port.data() + port.size();
    if (colon == std::string::npos || colon == 0 || !whole || number < 0 || number > UINT16_MAX)
        return Problem{.code = "program.bad_listen", .field = "", .law = "", .words = {{"given", listen}}};
    settings.address = listen.substr(0, colon);
    if (settings.address.starts_with('['))
        settings.address = settings.address.substr(1, settings.address.size() - 2);
    settings.port = std::uint16_t(number);
    return Done{};
}

web::ServerSettings server_settings(const House& house, const Options& options)
{
    auto settings = house.folder_.settings().web.server;
    static_cast<void>(listen_at(options.listen, settings));  // Judged before the house was opened.
    if (options.no_limits) settings.connections_per_address_max = settings.connections_max;
    return settings;
}

/// QR codes need an address strangers can open: without a configured one, the one listened on.
std::string address_listened_on(const web::ServerSettings& settings)
{
    return fmt::format(
        "{}://{}:{}", settings.certificate_file.empty() ? "http" : "https", settings.address, settings.port
    );
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
          frame_of(house, text::Language::vi),
          {{"procedures", "/thu-tuc"},
           {"track", "/tra-cuu"},
           {"verify", "/xac-minh"},
           {"help", "/tro-giup"},
           {"mine", "/ho-so-cua-toi"}},
          frame_of(house, text::Language::en)},
      own_routes(routes_of(house)),
      routes(std::array{std::span<const web::Route>(own_routes)}),
      tokens([&] {
          const auto key = house.keys_.purpose_key("web.tokens");
          return Bytes(key.bytes().begin(), key.bytes().end());
      }()),
      sessions(*house.means_),
      limits(rates(house, options.no_limits)),
      stream(*house.database_, events),
      frame(desk_frame()),
      watch(house),
      readiness{[this] { return watch.ready(); }},
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
    metrics.also([this] { return watch.gauges(); });
    services.add<storage::Database>(*house.database_);
    services.add<IdSource>(house.ids_);
    services.add<text::Catalogue>(house.words_);
    services.add<casework::Office>(*house.office_);
    services.add<civil_status::Files>(*house.civil_status_);
    services.add<justice::SecuredRegistry>(*house.secured_);
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

void greet(House& house, const std::string& url, const Speech& speech)
{
    for (const auto& fault : house.refused()) house.log_.warning("pack_refused", {{"reason", fault}});
    if (!house.recovery_key().empty())
        fmt::print("{}\n  {}\n", speech.say("program.recovery_key"), house.recovery_key());
    if (const auto token = house.setup_token())
        fmt::print("{}\n  {}/bat-dau/{}\n", speech.say("program.first_administrator"), url, *token);
    fmt::print("ready {}\n", url);
    std::fflush(stdout);
}

/// Whether the address can be listened on, before minutes go into a demo or a migration.
Result<Done> check_address(const Options& options)
{
    web::ServerSettings settings;
    TRY(listen_at(options.listen, settings));
    return web::check_address(settings);
}

constexpr std::chrono::minutes sync_pause{1};

/// At the centre: what came from nodes and could not be done at once.
bool do_lines(House& house)
{
    constexpr int lines_at_once = 50;
    return offline::do_all_lines(*house.office_, lines_at_once) >= lines_at_once;
}

/// At a node that knows its centre: sends whenever the line is there.
bool sync_when_told(House& house)
{
    const auto node = house.database_->read([](storage::Reader& db) { return offline::find_node(db); });
    if (!node || node->centre.empty() || node->last_sequence == node->came) return false;
    const auto synced = offline::sync(
        *house.database_, house.files_, *house.journal_, house.act(), offline::wire_to(node->centre)
    );
    if (!synced) house.log_.warning("sync_refused", {{"reason", synced.problem().code}});
    return false;
}

/// What runs beside the door for as long as the server does.
struct Chores {
    explicit Chores(House& house)
        : outbox(
              *house.database_,
              house.ids_,
              house.clock_,
              house.outbox_handlers(),
              {.threads = 2,
               .on_fault =
                   [&house](const std::string& fault) {
                       house.log_.error("outbox_failed", {{"reason", fault}});
                   }}
          ),
          sealer(
              house.log_,
              "seal_audit",
              std::chrono::milliseconds{500},
              [&house] {
                  const auto now = house.wall_.now();
                  return identity::seal_audit(*house.database_, house.keys_, now, house.checkpoints()).more;
              }
          ),
          casework(
              house.log_,
              "casework",
              std::chrono::milliseconds{500},
              [&house] { return casework::work_once(*house.office_) > 0; }
          ),
          offline(
              house.log_,
              "offline",
              house.journal_ ? sync_pause : std::chrono::milliseconds{500},
              [&house] { return house.journal_ ? sync_when_told(house) : do_lines(house); }
          ),
          upkeep(house.log_, "upkeep", upkeep_pause, [&house] { return keep_up(house); }),
          national(house.log_, "national", std::chrono::seconds{10}, [&house] {
              return civil_status::sweep_national(*house.office_);
          })
    {
    }

    storage::OutboxRunner outbox;
    Repeating sealer;
    Repeating casework;
    Repeating offline;
    Repeating upkeep;
    Repeating national;
};

}  // namespace

int serve(const Options& options)
{
    const Ending ending;
    const Speech speech(options.language);
    const auto refuse = [&](const Problem& problem) {
        const auto told = refused_without_house(problem, options);
        fmt::print(stderr, "{}", told.output);
        return told.exit_code;
    };
    // A folder's own settings may name another address: that one is tried when the server starts.
    if (!options.listen.empty())
        if (const auto free = check_address(options); !free) return refuse(free.problem());
    auto opened = House::open(options, true);
    if (!opened) return refuse(opened.problem());
    House& house = *opened.value();
    if (house.folder_.settings().public_address.empty())
        house.office_->public_address = address_listened_on(server_settings(house, options));
    if (options.demo && !make_demo(house)) return exit_fault;
    Running running(house, options);
    if (const auto free = web::check_address(server_settings(house, options)); !free)
        return refuse(free.problem());
    const AdminSocket admin(
        house.folder_.path().string(),
        [&](const Options& asked, const std::stop_token& stop) { return run_command(house, asked, stop); }
    );
    const Chores chores(house);
    running.server.start();
    greet(house, running.server.url(), speech);
    house.log_.info(
        "started",
        {{"database", house.database_->engine() == storage::Engine::sqlite ? "sqlite" : "postgresql"}}
    );
    ending.wait();
    running.watch.stop();
    running.server.stop();
    house.log_.info("stopped");
    return exit_well;
}

}  // namespace thien_an::program
