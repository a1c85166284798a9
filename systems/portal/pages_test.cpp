#include <doctest/doctest.h>

#include <fstream>

#include "engine/base/vietnamese.h"
#include "engine/casework/actions.h"
#include "engine/casework/packs.h"
#include "engine/casework/province_files.h"
#include "engine/crypto/key_ring.h"
#include "engine/documents/document_store.h"
#include "engine/documents/schema.h"
#include "engine/identity/province.h"
#include "engine/identity/schema.h"
#include "engine/notices/schema.h"
#include "engine/storage/files.h"
#include "engine/storage/test_databases.h"
#include "engine/text/template.h"
#include "engine/web/route.h"

#include "systems/portal/account_pages.h"
#include "systems/portal/display_pages.h"
#include "systems/portal/filing_office.h"
#include "systems/portal/filing_pages.h"
#include "systems/portal/procedure_pages.h"
#include "systems/portal/tracking_pages.h"
#include "systems/portal/verify_pages.h"
#include "systems/portal/visit.h"

namespace thien_an::workflow {
std::span<const storage::Migration> migrations();
}
namespace thien_an::registers {
std::span<const storage::Migration> migrations();
}
namespace thien_an::casework {
std::span<const storage::Migration> migrations();
}

namespace thien_an::portal {
namespace {

namespace fs = std::filesystem;
const fs::path root = THIENAN_SOURCE_DIR;
constexpr auto first_of_july = std::chrono::year{2016} / 7 / 1;

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

json::object sample_frame()
{
    std::ifstream in(root / "ui/preview/frame.json");
    return json::parse(std::string(std::istreambuf_iterator<char>(in), {})).value().at("frame").as_object();
}

json::object assets()
{
    json::object all;
    for (const auto* name : {"portal_css", "portal_js", "icons_svg", "mark_svg", "scene_svg"})
        all[name] = "/tinh/x";
    return all;
}

std::vector<storage::Migration> all_migrations()
{
    std::vector<storage::Migration> all;
    for (const auto part :
         {identity::migrations(),
          documents::migrations(),
          notices::migrations(),
          workflow::migrations(),
          registers::migrations(),
          casework::migrations()})
        all.insert(all.end(), part.begin(), part.end());
    return all;
}

/// The rules birth registration names; only the one about the commune says anything.
casework::RuleBook rules()
{
    casework::RuleBook book;
    for (const auto* name : {"birth_declaration", "timeliness", "parents", "possible_duplicate"})
        book.add("civil_status." + std::string(name), [](const casework::RuleInput&) {
            return Result<casework::RuleAnswer>(casework::RuleAnswer{{{"timeliness", "in_time"}}, {}});
        });
    book.add(
        "civil_status.competent_commune",
        [](const casework::RuleInput& input) -> Result<casework::RuleAnswer> {
            const auto* unit = json::find(input.form, "/mother/residence/unit");
            if (unit == nullptr || !unit->is_string() ||
                input.agency.unit == std::string_view(unit->get_string()))
                return casework::RuleAnswer{};
            return Problem{
                .code = "civil_status.wrong_commune",
                .field = "/agency",
                .law = "",
                .words = {{"agencies", "Trương Quang Trọng"}}};
        }
    );
    return book;
}

casework::Actions actions()
{
    casework::Actions all;
    casework::add_standard_actions(all);
    all.add_outbox("civil_status.request_personal_number", [](casework::Work&, const workflow::Call&) {
        return Result<Done>(Done{});
    });
    return all;
}

/// The real province and procedures, a visitor and the pages.
struct Portal {
    std::unique_ptr<storage::Database> database;
    Instant now = at(Day{first_of_july}, Minutes{8 * 60});
    Clock clock = Clock::stopped(now);
    IdSource ids{1};
    crypto::KeyRing keys;
    storage::FileStore files;
    std::unique_ptr<casework::ProvinceFiles> province = casework::ProvinceFiles::load(root).value();
    casework::RuleBook rule_book = rules();
    casework::Actions all_actions = actions();
    casework::Subscribers subscribers;
    std::unique_ptr<casework::Packs> packs;
    std::unique_ptr<casework::Office> the_office;
    std::string code;  ///< The one sent last.
    identity::Means means;
    web::Services services;
    web::Pages pages{
        words(),
        templates(),
        assets(),
        sample_frame(),
        {{"procedures", "/thu-tuc"},
         {"track", "/tra-cuu"},
         {"verify", "/xac-minh"},
         {"help", "/tro-giup"},
         {"mine", "/ho-so-cua-toi"}}};
    std::shared_ptr<web::Session> session;
    std::string cookie;  ///< Of the session.
    text::Language language = text::Language::vi;

    explicit Portal(storage::TestDatabases& databases)
        : database(databases.open(all_migrations())),
          keys(crypto::KeyRing::create(
                   {.key_file = databases.folder() + "/keys.json", .data_folder = databases.folder() + "/d"},
                   now
          )
                   .value()
                   .ring),
          files(databases.folder()),
          means{
              .database = *database,
              .keys = keys,
              .ids = ids,
              .clock = clock,
              .wall = [this] { return clock.now(); },
              .send_code = [this](
                               storage::Writer&, const identity::Act&, const identity::CodeMessage& message
                           ) { code = message.code; }}
    {
        identity::import_province(*database, ids, root / "province", root / "systems").value();
        packs = std::make_unique<casework::Packs>(
            *database,
            casework::Known{
                .rules = rule_book.names(),
                .actions = all_actions.names(),
                .registers = {"births"},
                .codes = province.get()}
        );
        // Folders that name rules of systems which are not linked here are refused; the pages need births.
        for (const auto& version : packs->import_folders(root / "systems", {{}, now, ids}))
            if (version.name == "births" || version.name == "birth_registration")
                REQUIRE_MESSAGE(version.faults.empty(), version.name);
        the_office = std::make_unique<casework::Office>(casework::Office{
            *database,
            clock,
            ids,
            files,
            keys,
            *packs,
            *province,
            *province,
            rule_book,
            subscribers,
            all_actions,
            [](storage::Writer&, const identity::Act&, const notices::Notice&) {},
            &words(),
            "https://vi-du.example"});
        services.add<storage::Database>(*database);
        services.add<IdSource>(ids);
        services.add<text::Catalogue>(words());
        services.add<casework::Office>(*the_office);
        services.add<identity::Means>(means);
    }

    web::Response ask(web::Handler handler, web::Request request)
    {
        if (!cookie.empty()) request.cookies.add("phien", cookie);
        request.target = request.path;
        web::Context context(
            {.services = services,
             .pages = pages,
             .request = request,
             .now = clock.now(),
             .wall = clock.now(),
             .language = language,
             .session = session,
             .visitor = "v1",
             .csrf = "c",
             .form_key = "k"}
        );
        auto answer = handler(request, context);
        if (answer) return std::move(answer).value();
        return web::text_answer(answer.problem().code, web::status_of(answer.problem()));
    }

    /// Signs a guest with this phone in, as the page of the code does.
    void enter(const std::string& phone)
    {
        const auto ticket =
            identity::request_code(
                means, {.purpose = identity::CodePurpose::guest, .contact = phone, .address = "1"}
            )
                .value();
        const auto signed_in = identity::sign_in_guest(means, ticket.id, code, {}).value();
        session = std::make_shared<web::Session>();
        session->actor = signed_in.session.actor("portal");
        session->id = "1";
        cookie = signed_in.token;
    }
};

web::Fields fields(std::initializer_list<std::pair<std::string, std::string>> pairs)
{
    web::Fields made;
    for (const auto& [name, value] : pairs) made.add(name, value);
    return made;
}

web::Request get(std::string path, web::Fields values = {}, web::Fields query = {})
{
    return {.path = std::move(path), .values = std::move(values), .query = std::move(query)};
}

web::Request post(std::string path, web::Fields form, web::Fields values = {}, web::Fields query = {})
{
    return {
        .method = web::Method::post,
        .path = std::move(path),
        .values = std::move(values),
        .query = std::move(query),
        .form = std::move(form)};
}

bool has(const web::Response& response, std::string_view text)
{
    return response.body.find(text) != std::string::npos;
}

/// "/nop/ID/..." -> ID
std::string draft_in(const web::Response& response)
{
    const auto location = response.headers.get("Location");
    const std::string_view before = "/nop/";
    return location.substr(before.size(), location.find('/', before.size()) - before.size());
}

const auto birth_page = fields({{"page", "dang-ky-khai-sinh"}});

}  // namespace

TEST_DATABASES("birth registration is found first, with whole words in every line")
{
    Portal portal(databases);
    const auto home = portal.ask(show_home, get("/"));
    CHECK(home.status == 200);
    CHECK(is_utf8(home.body));
    const auto list = portal.ask(show_procedures, get("/thu-tuc", {}, fields({{"q", "dang ky khai sinh"}})));
    CHECK(list.body.find("/thu-tuc/dang-ky-khai-sinh\"") < list.body.find("/thu-tuc/dang-ky-lai-khai-sinh"));
    const auto page = portal.ask(show_procedure, get("/thu-tuc/x", birth_page));
    CHECK(is_utf8(page.body));
    CHECK(has(page, "Ghi việc sinh của trẻ vào Sổ hộ tịch"));
    CHECK(has(page, "Luật Hộ tịch số 60/2014/QH13"));
    CHECK_FALSE(has(page, "law-60-2014"));
    portal.language = text::Language::en;
    CHECK(has(portal.ask(show_procedure, get("/thu-tuc/x", birth_page)), "Law on Civil Status"));
}

TEST_DATABASES("the office and the phone are asked for before a draft is made")
{
    Portal portal(databases);
    const auto empty = portal.ask(begin, post("/nop/x", fields({{"phone", "09"}}), birth_page));
    CHECK(empty.status == 422);
    CHECK(has(empty, "href=\"#agency\""));
    CHECK(has(empty, "href=\"#phone\""));
    CHECK(has(empty, "value=\"09\""));
    const auto nowhere =
        portal.ask(begin, post("/nop/x", fields({{"phone", "0978123456"}, {"agency", "522"}}), birth_page));
    CHECK(nowhere.status == 422);  // A district is no commune.
    const auto sent =
        portal.ask(begin, post("/nop/x", fields({{"phone", "0978123456"}, {"agency", "21172"}}), birth_page));
    REQUIRE(sent.status == 303);
    const auto location = sent.headers.get("Location");
    CHECK(location.find("&noi=21172") != std::string::npos);
    CHECK(location.find("0978") == std::string::npos);  // No phone number in an address.
}

TEST_DATABASES("an office that is not the competent one is said at once and chosen again on the step")
{
    Portal portal(databases);
    portal.enter("0978123456");
    const auto begun = portal.ask(begin, post("/nop/x", fields({{"agency", "21211"}}), birth_page));
    REQUIRE(begun.status == 303);
    const auto step = fields({{"draft", draft_in(begun)}, {"step", "3"}});
    const auto parents = [&](std::string_view agency) {
        auto form = fields(
            {{"mother.full_name", "Phạm Thị Vy"},
             {"mother.birth_year", "1991"},
             {"mother.ethnicity", "01"},
             {"mother.nationality", "VN"},
             {"mother.residence.unit", "21172"},
             {"parents_married", "false"},
             {"father.recorded", "false"}}
        );
        if (!agency.empty()) form.add("agency", std::string(agency));
        return portal.ask(take_step, post("/nop/x/buoc/3", std::move(form), step));
    };
    const auto wrong = parents("");
    CHECK(wrong.status == 422);
    CHECK(has(wrong, "name=\"agency\""));
    CHECK(has(wrong, "Trương Quang Trọng"));
    CHECK(has(wrong, "value=\"Phạm Thị Vy\""));
    CHECK(parents("99999").status == 422);  // No such unit: the one chosen before stays.
    const auto right = parents("21172");
    CHECK(right.status == 303);
    CHECK(right.headers.get("Location").ends_with("/buoc/4"));
}

TEST_DATABASES("a draft is another's to nobody, goes on where it was and can be thrown away")
{
    Portal portal(databases);
    portal.enter("0978123456");
    const auto begun = portal.ask(begin, post("/nop/x", fields({{"agency", "21172"}}), birth_page));
    const auto draft = fields({{"draft", draft_in(begun)}, {"step", "1"}});
    CHECK(has(portal.ask(show_my_dossiers, get("/ho-so-cua-toi")), "/nop/" + draft_in(begun) + "/buoc/1"));
    const auto changed =
        portal.ask(change_office, post("/nop/x/noi-nop", fields({{"agency", "21211"}}), draft));
    CHECK(changed.headers.get("Location").ends_with("/buoc/1"));
    CHECK(has(portal.ask(show_step, get("/nop/x", draft)), "Tịnh Khê"));
    CHECK(portal.ask(change_office, post("/nop/x/noi-nop", fields({{"agency", "1"}}), draft)).status == 422);
    portal.enter("0978999999");
    CHECK(portal.ask(show_step, get("/nop/x", draft)).status == 404);
    CHECK(portal.ask(discard, post("/nop/x/bo", {}, draft)).status == 404);
    portal.enter("0978123456");
    CHECK(portal.ask(discard, post("/nop/x/bo", {}, draft)).status == 303);
    CHECK(portal.ask(show_step, get("/nop/x", draft)).status == 404);
}

TEST_DATABASES("short forms keep what was typed but a password, and put the fault at its field")
{
    Portal portal(databases);
    const auto wrong = portal.ask(sign_up, post("/dang-ky", fields({{"contact", "vy@"}})));
    CHECK(wrong.status == 422);
    CHECK(has(wrong, "<title>Lỗi: "));
    CHECK(has(wrong, "href=\"#contact\""));
    CHECK(has(wrong, "value=\"vy@\""));
    const auto sent = portal.ask(sign_up, post("/dang-ky", fields({{"contact", "0978123456"}})));
    REQUIRE(sent.status == 303);
    const auto location = sent.headers.get("Location");
    const auto ticket =
        location.substr(location.find("phieu=") + 6, location.find("&den") - location.find("phieu=") - 6);
    const auto finish = [&](std::string_view name, std::string_view password) {
        return portal.ask(
            finish_sign_up,
            post(
                "/dang-ky/ma",
                fields(
                    {{"code", portal.code},
                     {"full_name", std::string(name)},
                     {"password", std::string(password)}}
                ),
                {},
                fields({{"phieu", ticket}, {"den", "•••456"}})
            )
        );
    };
    const auto weak = finish("Phạm Thị Vy", "ngắn");
    CHECK(weak.status == 422);
    CHECK(has(weak, "href=\"#password\""));
    CHECK(has(weak, "value=\"Phạm Thị Vy\""));
    CHECK_FALSE(has(weak, "ngắn"));
    CHECK(finish("Phạm Thị Vy", "bốn con bò vàng").headers.get("Location") == "/dang-nhap");
}

TEST_DATABASES("a code nobody has is a miss, and the page says nothing more")
{
    Portal portal(databases);
    const auto miss = portal.ask(show_track, get("/tra-cuu", {}, fields({{"ma", "21172-160701-9999"}})));
    CHECK(miss.status == 404);
    CHECK(has(miss, "<title>Lỗi: "));
    CHECK(has(miss, "value=\"21172-160701-9999\""));
    CHECK(portal.ask(show_track, get("/tra-cuu")).status == 200);
}

TEST_DATABASES("CR14: the page of a paper's code says what was issued; a forged or unknown code is refused")
{
    Portal portal(databases);
    const identity::Act act{{}, portal.now, portal.ids};
    const auto token =
        portal.database
            ->write(
                {},
                [&](storage::Writer& db) -> Result<std::string> {
                    using documents::DocumentState;
                    const auto paper = documents::add_document(
                        db,
                        act,
                        {.kind = "civil_status_extract",
                         .subject = {"register_entry", 1},
                         .agency = {},
                         .title = "Trích lục khai sinh (bản sao)"}
                    );
                    TRY(documents::set_number(db, paper.id, "12/TLKS-BS", day_of(portal.now)));
                    for (const auto state :
                         {DocumentState::approved, DocumentState::signed_, DocumentState::issued})
                        TRY(documents::move_document(db, act, paper.id, state));
                    return paper.token;
                }
            )
            .value();
    const auto page = [&](const std::string& code) {
        return portal.ask(show_verified, get("/xac-minh/" + code, fields({{"token", code}})));
    };
    const auto good = page(token);
    CHECK(good.status == 200);
    CHECK(has(good, "12/TLKS-BS"));
    auto forged = token;
    forged.front() = forged.front() == '7' ? '8' : '7';
    for (const auto& code : {forged, token + "7", std::string("khong-co")}) {
        const auto miss = page(code);
        CHECK(miss.status == 404);
        CHECK_FALSE(has(miss, "TLKS"));
    }
}

}  // namespace thien_an::portal
