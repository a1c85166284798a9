#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "engine/casework/case_world.h"
#include "engine/casework/dossier_store.h"
#include "engine/documents/schema.h"
#include "engine/identity/delegations.h"
#include "engine/identity/parties.h"
#include "engine/identity/posts.h"
#include "engine/identity/schema.h"
#include "engine/storage/test_databases.h"
#include "engine/text/template.h"
#include "engine/web/route.h"

#include "systems/one_stop/account_pages.h"
#include "systems/one_stop/desk_frame.h"
#include "systems/one_stop/dossier_acts.h"
#include "systems/one_stop/dossier_pages.h"
#include "systems/one_stop/queue_pages.h"
#include "systems/one_stop/task_pages.h"
#include "systems/one_stop/visit.h"

namespace thien_an::workflow {
std::span<const storage::Migration> migrations();
}
namespace thien_an::registers {
std::span<const storage::Migration> migrations();
}
namespace thien_an::casework {
std::span<const storage::Migration> migrations();
}

namespace thien_an::one_stop {
namespace {

namespace fs = std::filesystem;
const fs::path root = THIENAN_SOURCE_DIR;

std::vector<storage::Migration> all_migrations()
{
    std::vector<storage::Migration> all;
    for (const auto part :
         {identity::migrations(),
          documents::migrations(),
          workflow::migrations(),
          registers::migrations(),
          casework::migrations()})
        all.insert(all.end(), part.begin(), part.end());
    return all;
}

/// Rules a birth asks for, as this room may know them: nothing is wrong and everything in time, but for a child born in
/// January, who is late.
Result<casework::RuleAnswer> timeliness(const casework::RuleInput& input)
{
    const auto* born = json::find(input.form, "/child/born_on");
    const bool late = born != nullptr && born->is_string() && born->get_string().starts_with("2016-01");
    return casework::RuleAnswer{{{"timeliness", late ? "late" : "in_time"}}, {}};
}

void add_rules(casework::RuleBook& book)
{
    book.add("civil_status.timeliness", timeliness);
    for (const auto* name : {"birth_declaration", "competent_commune", "parents", "possible_duplicate"})
        book.add(std::string("civil_status.") + name, [](const casework::RuleInput&) {
            return Result<casework::RuleAnswer>(casework::RuleAnswer{});
        });
}

/// The province with its procedures, read once for all tests.
casework::CaseTemplate& province()
{
    static storage::TestDatabases databases(storage::Engine::sqlite);
    static const casework::CaseSetup setup{
        .root = root,
        .scratch = databases.folder(),
        .migrations = all_migrations(),
        .add_rules = add_rules,
        .add_actions =
            [](casework::Actions& actions) {
                actions.add_outbox(
                    "civil_status.request_personal_number",
                    [](casework::Work&, const workflow::Call&) { return Result<Done>(Done{}); }
                );
            },
        .add_handlers = {},
        .services = {}};
    static casework::CaseTemplate made(setup);
    return made;
}

std::vector<fs::path> folders_with(const std::string& name)
{
    std::vector<fs::path> all;
    for (const auto* parent : {"engine", "systems"})
        for (const auto& folder : fs::directory_iterator(root / parent))
            if (fs::exists(folder.path() / name)) all.push_back(folder.path());
    return all;
}

text::Catalogue& words()
{
    static text::Catalogue all = [] {
        auto folders = folders_with("words.vi.json");
        folders.push_back(root / "ui");
        return text::Catalogue::load(folders);
    }();
    return all;
}

const text::Templates& templates()
{
    static const text::Templates all = [] {
        std::vector<text::TemplateFolder> folders{{"frame", root / "ui/frame"}};
        for (const auto& system : folders_with("pages"))
            folders.push_back({system.filename().string(), system / "pages"});
        return text::Templates::load(folders, words());
    }();
    return all;
}

json::value read_json(const fs::path& path)
{
    std::ifstream in(path);
    return json::parse(std::string(std::istreambuf_iterator<char>(in), {})).value();
}

json::object assets()
{
    json::object all;
    for (const auto* name :
         {"portal_css",
          "portal_js",
          "desk_css",
          "desk_js",
          "paper_css",
          "paper_js",
          "icons_svg",
          "mark_svg",
          "scene_svg"})
        all[name] = "/tinh/x";
    return all;
}

web::Fields fields(std::initializer_list<std::pair<std::string, std::string>> pairs)
{
    web::Fields made;
    for (const auto& [name, value] : pairs) made.add(name, value);
    return made;
}

bool has(const web::Response& response, std::string_view text)
{
    return response.body.find(text) != std::string::npos;
}

constexpr std::string_view commune = "21172";

/// One commune on 1 July 2016, eight in the morning, with the real procedures, words and pages.
struct Desk {
    struct Person {
        identity::PartyId party;
        std::string name;
        std::vector<web::PostChoice> posts;
        identity::PostId for_post;
    };

    Desk()
        : own(province().setup.scratch / ("desk" + std::to_string(++province().copies))),
          clock(Clock::stopped(at(Day{std::chrono::year{2016} / 7 / 1}, Minutes{8 * 60})))
    {
        fs::create_directories(own);
        fs::copy_file(province().database, own / "desk.db");
        database = storage::Database::open(
            {.address = (own / "desk.db").string(), .readers = 2}, province().setup.migrations
        );
        files = std::make_unique<storage::FileStore>(own);
        packs = std::make_unique<casework::Packs>(*database, province().known());
        office.emplace(casework::Office{
            *database,
            clock,
            ids,
            *files,
            *province().keys,
            *packs,
            *province().province,
            *province().province,
            province().rules,
            province().subscribers,
            province().actions,
            {},
            &words(),
            "https://vi-du.example"});
        services.add<storage::Database>(*database);
        services.add<IdSource>(ids);
        services.add<text::Catalogue>(words());
        services.add<casework::Office>(*office);
        services.add<web::DeskFrame>(frame);
        desk = hire("Trần Thị Lệ", {"one_stop_officer"});
        justice = hire("Lê Hoàng Nam", {"justice_civil_status_officer"});
        chairman = hire("Nguyễn Văn Minh", {"chairman"});
    }

    identity::Act act() { return {{.channel = "cli"}, clock.now(), ids}; }

    Person hire(const std::string& name, const std::vector<std::string>& kinds)
    {
        Person made{.party = {}, .name = name, .posts = {}, .for_post = {}};
        const auto hired = database->write({}, [&](storage::Writer& db) -> Result<Done> {
            identity::NewParty party;
            party.name = name;
            made.party = TRY(identity::create_party(db, *province().keys, act(), party));
            const auto agency = TRY(identity::agency_for_unit(db, commune, act().today()));
            for (const auto& kind : kinds) {
                const auto post = TRY(identity::create_post(
                    db,
                    act(),
                    {.agency = agency.id, .kind = kind, .title_vi = "", .title_en = "", .from = act().today()}
                ));
                TRY(identity::appoint(db, act(), post, made.party, act().today()));
                made.posts.push_back(
                    {post, agency.id, TRY(identity::find_post(db, post)).title_vi, agency.name_vi}
                );
            }
            return Done{};
        });
        REQUIRE(hired);
        return made;
    }

    /// Files a birth online and gives its code.
    std::string file(std::string_view born_on = "2016-06-12", std::string_view child = "Nguyễn Trà Giang")
    {
        casework::Filing filing;
        filing.procedure = "birth_registration";
        filing.agency = std::string(commune);
        filing.form =
            read_json(root / "systems/civil_status/procedures/birth_registration/cases/standard.form.json");
        json::set(filing.form, "/child/born_on", json::value(born_on));
        json::set(filing.form, "/child/full_name", json::value(child));
        filing.applicant.name = "Phạm Thị Vy";
        const auto blob = files->keep(bytes_of("một tờ giấy"), storage::FileKind::jpeg);
        for (const auto* paper : {"birth_notification", "requester_identity"}) {
            const auto file = database->write({}, [&](storage::Writer& db) -> Result<storage::FileId> {
                return storage::file_add(db, ids, blob, "giay.jpg", clock.now());
            });
            filing.files.push_back({paper, file.value(), "giay.jpg"});
        }
        const auto filed = casework::submit(*office, {.channel = "portal"}, filing);
        REQUIRE_MESSAGE(filed, (filed ? "" : filed.problem().code + " " + filed.problem().field));
        return filed.value().code;
    }

    casework::Dossier dossier(const std::string& code)
    {
        return database->read([&](storage::Reader& db) { return casework::find_dossier(db, code).value(); });
    }

    std::vector<workflow::Task> tasks(const std::string& code)
    {
        return database->read([&](storage::Reader& db) {
            return workflow::open_tasks(db, workflow::InstanceId{dossier(code).instance});
        });
    }

    web::Fields act_values(const std::string& code, const std::string& outcome)
    {
        return fields({{"code", code}, {"task", text_of(tasks(code).at(0).id)}, {"outcome", outcome}});
    }

    web::Response ask(const Person& who, web::Handler handler, web::Request request)
    {
        auto session = std::make_shared<web::Session>();
        session->actor = {
            .account = {},
            .party = who.party,
            .post = who.posts.at(0).post,
            .agency = who.posts.at(0).agency,
            .for_post = who.for_post,
            .channel = "desk"};
        session->id = "1";
        session->name = who.name;
        session->posts = who.posts;
        session->permissions = {
            "dossiers.file_at_counter", "dossiers.read", "dossiers.reassign", "payments.take"};
        request.path = "/ban-lam-viec";
        web::Context context(
            {.services = services,
             .pages = pages,
             .request = request,
             .now = clock.now(),
             .wall = clock.now(),
             .language = text::Language::vi,
             .session = session,
             .csrf = "c",
             .form_key = "k"}
        );
        auto answer = handler(request, context);
        if (answer) return std::move(answer).value();
        return web::text_answer(answer.problem().code, web::status_of(answer.problem()));
    }
    web::Response get(
        const Person& who, web::Handler handler, web::Fields values = {}, web::Fields query = {}
    )
    {
        return ask(who, handler, {.values = std::move(values), .query = std::move(query)});
    }
    web::Response post(const Person& who, web::Handler handler, web::Fields values, web::Fields form = {})
    {
        return ask(
            who, handler, {.method = web::Method::post, .values = std::move(values), .form = std::move(form)}
        );
    }
    void receive(const std::string& code)
    {
        REQUIRE(post(desk, take_outcome, act_values(code, "receive")).status == 303);
    }

    fs::path own;
    Clock clock;
    IdSource ids{1};
    std::unique_ptr<storage::Database> database;
    std::unique_ptr<storage::FileStore> files;
    std::unique_ptr<casework::Packs> packs;
    std::optional<casework::Office> office;
    web::Services services;
    web::Pages pages{
        words(),
        templates(),
        assets(),
        read_json(root / "ui/preview/frame.json").at("frame").as_object(),
        {}};
    web::DeskFrame frame{
        {desk_entries().begin(), desk_entries().end()},
        [](const web::Context& context, const web::DeskFrame& all) { return draw_desk(context, all); }};
    Person desk, justice, chairman;
};

TEST_CASE("an empty queue says that nothing waits, a narrowed one that nothing was found")
{
    Desk house;
    const auto empty = house.get(house.desk, show_queue);
    CHECK(empty.status == 200);
    CHECK(has(empty, words().say("one_stop.queue.none", text::Language::vi)));
    const auto narrowed = house.get(house.desk, show_queue, {}, fields({{"q", "khong co ai"}}));
    CHECK(has(narrowed, words().say("one_stop.queue.none_found", text::Language::vi)));
}

TEST_CASE("the queue has the soonest deadline first, a filed dossier by the moment an officer answers")
{
    Desk house;
    const auto first = house.file("2016-06-12", "Nguyễn Trà Giang");
    house.clock.set(house.clock.now() + Minutes{60});
    const auto second = house.file("2016-06-13", "Nguyễn Minh Khang");
    // Eight working hours from 08:00 of a Friday end on Monday morning; what is received at 09:00 is due the same day.
    const auto both = house.get(house.desk, show_queue).body;
    CHECK(both.find("Trà Giang") < both.find("Minh Khang"));
    house.receive(second);
    const auto after = house.get(house.desk, show_queue).body;
    CHECK(after.find("Minh Khang") < after.find("Trà Giang"));
    CHECK(has(house.get(house.desk, show_agency_queue), ">16:30<"));
    CHECK(house.dossier(first).answer_by.has_value());
}

TEST_CASE("a queue is searched without marks and by lane")
{
    Desk house;
    house.file("2016-06-12", "Nguyễn Trà Giang");
    CHECK(has(house.get(house.desk, show_queue, {}, fields({{"q", "tra giang"}})), "Trà Giang"));
    CHECK(has(house.get(house.desk, show_queue, {}, fields({{"han", "later"}})), "Trà Giang"));
    CHECK_FALSE(has(house.get(house.desk, show_queue, {}, fields({{"han", "late"}})), "Trà Giang"));
}

TEST_CASE("keys are drawn until they are switched off")
{
    Desk house;
    house.file();
    CHECK(has(house.get(house.desk, show_queue), "data-keys=\"on\""));
    web::Request off;
    off.cookies.add("phim", "off");
    CHECK(has(house.ask(house.desk, show_queue, std::move(off)), "data-keys=\"off\""));
}

TEST_CASE("receiving starts the clock, and the second officer is told who did it")
{
    Desk house;
    const auto other = house.hire("Võ Thị Hoa", {"one_stop_officer"});
    const auto code = house.file();
    const auto values = house.act_values(code, "receive");
    CHECK(house.get(house.desk, show_outcome, values).status == 200);
    CHECK(house.post(house.desk, take_outcome, values).status == 303);
    CHECK(house.dossier(code).state == casework::DossierState::received);
    const auto late = house.post(other, take_outcome, values);
    CHECK(late.status == 409);
    CHECK(has(late, "Trần Thị Lệ"));
}

TEST_CASE("a refusal wants a reason and a tick, and keeps what was typed")
{
    Desk house;
    const auto code = house.file();
    const auto values = house.act_values(code, "refuse");
    CHECK(house.post(house.desk, take_outcome, values).status == 422);
    const auto without_tick = house.post(
        house.desk, take_outcome, values, fields({{"reason", "Không thuộc thẩm quyền của phường."}})
    );
    CHECK(without_tick.status == 422);
    CHECK(has(without_tick, "Không thuộc thẩm quyền của phường."));
    CHECK(house.dossier(code).state == casework::DossierState::filed);
    CHECK(
        house
            .post(
                house.desk,
                take_outcome,
                values,
                fields({{"reason", "Không thuộc thẩm quyền của phường."}, {"sure", "true"}})
            )
            .status == 303
    );
    CHECK(house.dossier(code).state == casework::DossierState::refused);
}

TEST_CASE("somebody with two posts chooses as which one he acts, each time, and none that is not his")
{
    Desk house;
    const auto both = house.hire("Phạm Văn Đồng", {"one_stop_officer", "justice_civil_status_officer"});
    const auto code = house.file();
    house.receive(code);
    house.post(house.desk, take_outcome, house.act_values(code, "pass_on"));
    const auto page = house.get(both, show_outcome, house.act_values(code, "enter"));
    CHECK(page.status == 200);
    CHECK(has(page, both.posts.at(1).title));
    const auto values = house.act_values(code, "enter");
    const auto not_his = fields({{"post", text_of(house.chairman.posts.at(0).post)}, {"note", "Đủ"}});
    CHECK(house.post(both, take_outcome, values, not_his).status != 303);
    const auto his = fields({{"post", text_of(both.posts.at(1).post)}, {"note", "Đủ"}});
    CHECK(house.post(both, take_outcome, values, his).status == 303);
    const auto entered = house.dossier(code);
    CHECK(entered.entry_number == "01/2016");
}

TEST_CASE("during leave the one delegated to acts for the absent post, and the timeline names both")
{
    Desk house;
    const auto code = house.file();
    house.receive(code);
    house.post(house.desk, take_outcome, house.act_values(code, "pass_on"));
    const auto stand_in = house.hire("Bùi Thị Sen", {"clerk"});
    CHECK(
        house.get(stand_in, show_dossier, fields({{"code", code}})).body.find("/enter") == std::string::npos
    );
    const auto lent = house.database->write({}, [&](storage::Writer& db) -> Result<Done> {
        auto act = house.act();
        act.actor = {
            .account = {},
            .party = house.justice.party,
            .post = house.justice.posts.at(0).post,
            .agency = house.justice.posts.at(0).agency,
            .for_post = {},
            .channel = "desk"};
        TRY(identity::delegate(
            db,
            act,
            {.from = house.justice.posts.at(0).post,
             .to = stand_in.posts.at(0).post,
             .kind = identity::DelegationKind::leave,
             .first = act.today(),
             .last = act.today() + std::chrono::days{3},
             .reason = "Nghỉ phép"}
        ));
        return Done{};
    });
    REQUIRE(lent);
    const auto page = house.get(stand_in, show_dossier, fields({{"code", code}}));
    CHECK(has(page, "/enter"));
    const auto way = text_of(stand_in.posts.at(0).post) + "." + text_of(house.justice.posts.at(0).post);
    const auto values = house.act_values(code, "enter");
    CHECK(house.post(stand_in, take_outcome, values, fields({{"post", way}, {"note", "Đủ"}})).status == 303);
    const auto timeline = house.get(house.desk, show_dossier, fields({{"code", code}}));
    CHECK(has(timeline, "Bùi Thị Sen"));
    CHECK(has(timeline, house.justice.posts.at(0).title));
}

TEST_CASE("a late registration shows its fee and takes it against a receipt, once")
{
    Desk house;
    const auto code = house.file("2016-01-05");
    house.receive(code);
    const auto values = fields({{"code", code}});
    CHECK(has(house.get(house.desk, show_dossier, values), "8.000"));
    CHECK(house.post(house.desk, take_payment, values).status == 422);
    CHECK(house.post(house.desk, take_payment, values, fields({{"receipt", "BL 0000123"}})).status == 303);
    CHECK(house.post(house.desk, take_payment, values, fields({{"receipt", "BL 0000124"}})).status == 422);
}

TEST_CASE("a version published before receipt is what the officer sees and receives by")
{
    Desk house;
    const auto code = house.file();
    const auto values = house.act_values(code, "receive");
    auto changed = house.packs->procedure("birth_registration")->files();
    auto& process = changed["process.bpmn"];
    const std::string_view old_name = "name=\"Chuyển xử lý\"";
    process.replace(process.find(old_name), old_name.size(), "name=\"Chuyển công chức hộ tịch\"");
    std::vector<casework::PackFault> faults;
    REQUIRE(house.packs->publish("procedure", changed, house.act(), faults));
    // The page was open before the new version came: the act still finds its task.
    CHECK(house.post(house.desk, take_outcome, values).status == 303);
    CHECK(house.dossier(code).pack == house.packs->in_force("birth_registration").value);
    CHECK(has(house.get(house.desk, show_dossier, fields({{"code", code}})), "Chuyển công chức hộ tịch"));
    // What comes after receipt is not this dossier's.
    process.replace(process.find("Chuyển công chức hộ tịch"), 0, "Mới: ");
    const auto frozen = house.dossier(code).pack;
    REQUIRE(house.packs->publish("procedure", changed, house.act(), faults));
    CHECK_FALSE(has(house.get(house.desk, show_dossier, fields({{"code", code}})), "Mới: Chuyển"));
    CHECK(house.dossier(code).pack == frozen);
}

TEST_CASE("a task is given to a colleague only with a reason, and the timeline says so")
{
    Desk house;
    const auto code = house.file();
    const auto values = fields({{"code", code}, {"task", text_of(house.tasks(code).at(0).id)}});
    const auto to = text_of(house.justice.posts.at(0).post);
    CHECK(house.post(house.chairman, give, values, fields({{"to", to}})).status == 422);
    CHECK(house.post(house.chairman, give, values, fields({{"reason", "Bận"}})).status == 422);
}

}  // namespace
}  // namespace thien_an::one_stop
