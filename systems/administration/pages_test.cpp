#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>

#include "engine/identity/accounts.h"
#include "engine/identity/audit.h"
#include "engine/identity/delegations.h"
#include "engine/identity/parties.h"
#include "engine/identity/test_house.h"
#include "engine/notices/schema.h"
#include "engine/storage/incidents.h"
#include "engine/text/template.h"

#include "systems/administration/agency_pages.h"
#include "systems/administration/audit_pages.h"
#include "systems/administration/client_pages.h"
#include "systems/administration/delegation_pages.h"
#include "systems/administration/factor_pages.h"
#include "systems/administration/outbox_pages.h"
#include "systems/administration/people_pages.h"
#include "systems/administration/token_api.h"
#include "systems/administration/visit.h"

namespace thien_an::administration {
namespace {

namespace fs = std::filesystem;
const fs::path root = THIENAN_SOURCE_DIR;

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

json::value sample(const fs::path& file)
{
    std::ifstream in(root / "ui/preview" / file);
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

/// A desk with the real words and pages; the frame around them is the sample's.
struct Desk {
    identity::TestHouse house;
    web::Services services;
    web::Pages pages{words(), templates(), assets(), sample("frame.json").at("frame").as_object(), {}};
    web::DeskFrame frame{{}, [](const web::Context&, const web::DeskFrame&) {
                             return sample("frame.json").at("desk").as_object();
                         }};
    identity::PartyId admin = house.person("Quản Trị");
    identity::Actor actor = house.as(admin, house.post("ubnd-901", "agency_administrator", admin));
    std::vector<std::string> permissions{"people.manage"};
    web::Fields cookies;

    explicit Desk(storage::TestDatabases& databases) : house(databases, notices::migrations())
    {
        services.add<storage::Database>(house.database());
        services.add<IdSource>(house.ids());
        services.add<text::Catalogue>(words());
        services.add<identity::Means>(house.means());
        services.add<web::DeskFrame>(frame);
    }
    web::Response ask(web::Handler handler, web::Request request)
    {
        request.cookies = cookies;
        auto session = std::make_shared<web::Session>();
        session->actor = actor;
        session->id = "1";
        session->permissions = permissions;
        web::Context context(
            {.services = services,
             .pages = pages,
             .request = request,
             .now = house.now,
             .wall = house.now,
             .language = text::Language::vi,
             .session = session,
             .csrf = "c",
             .form_key = "k"}
        );
        auto answer = handler(request, context);
        if (answer) return std::move(answer).value();
        return web::text_answer(answer.problem().code, web::status_of(answer.problem()));
    }
    web::Response get(web::Handler handler, web::Fields values = {}, web::Fields query = {})
    {
        return ask(
            handler, {.path = "/ban-lam-viec/x", .values = std::move(values), .query = std::move(query)}
        );
    }
    web::Response post(web::Handler handler, web::Fields form, web::Fields values = {})
    {
        return ask(
            handler,
            {.method = web::Method::post,
             .path = "/ban-lam-viec/x",
             .values = std::move(values),
             .form = std::move(form)}
        );
    }
};

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

TEST_DATABASES("agencies are listed as of a day with how many people work in them")
{
    Desk desk(databases);
    const auto page = desk.get(show_agencies, {}, fields({{"q", "pho"}}));
    CHECK(page.status == 200);
    CHECK(has(page, "Ủy ban nhân dân xã Phổ An"));
    CHECK_FALSE(has(page, "Ủy ban nhân dân xã Phổ Mới"));
    CHECK(has(desk.get(show_agencies, {}, fields({{"ngay", "1/7/2026"}})), "Ủy ban nhân dân xã Phổ Mới"));
}

TEST_DATABASES("a person is added with a post, listed, given another and relieved")
{
    Desk desk(databases);
    const auto commune = text_of(desk.house.agency("ubnd-90101"));
    CHECK(desk.get(show_new_person).status == 200);
    const auto wrong = desk.post(
        add_person,
        fields(
            {{"full_name", ""},
             {"agency", commune},
             {"kind", "one_stop_officer"},
             {"from", "1/7/2016"},
             {"login", "lan.desk"}}
        )
    );
    CHECK(wrong.status == 422);
    CHECK(has(wrong, "lan.desk"));  // What was typed stays.
    const auto made = desk.post(
        add_person,
        fields(
            {{"full_name", "trần thị LAN"},
             {"agency", commune},
             {"kind", "one_stop_officer"},
             {"from", "1/7/2016"},
             {"login", "lan.desk"},
             {"phone", "0905123456"}}
        )
    );
    CHECK(made.status == 200);
    CHECK(has(made, "Trần Thị Lan"));
    const auto list = desk.get(show_people);
    CHECK(has(list, "Trần Thị Lan"));
    CHECK(has(list, "Công chức tiếp nhận"));
    const auto lan = desk.house.database().read([&](storage::Reader& db) {
        return identity::parties_by_contact(db, desk.house.keys(), "0905123456").at(0);
    });
    const auto route = fields({{"party", text_of(lan)}});
    CHECK(has(desk.get(show_person, route), "•••••••••456"));
    CHECK_FALSE(has(desk.get(show_person, route), "905123456"));
    CHECK(
        desk.post(
                give_post,
                fields({{"agency", commune}, {"kind", "justice_civil_status_officer"}, {"from", "2/7/2016"}}),
                route
        )
            .status == 303
    );
    CHECK(
        desk.post(
                give_post,
                fields(
                    {{"agency", text_of(desk.house.agency("so-1"))},
                     {"kind", "one_stop_officer"},
                     {"from", "2/7/2016"}}
                ),
                route
        )
            .status == 422
    );
    const auto posts = desk.house.database().read([&](storage::Reader& db) {
        return identity::posts_held(db, lan, desk.house.today() + std::chrono::days{1});
    });
    REQUIRE(posts.size() == 2);
    CHECK(desk.get(show_relieve, route).status == 200);
    CHECK(
        desk.post(relieve_person, fields({{"post", text_of(posts[1].id)}, {"to", "31/7/2016"}}), route)
            .status == 303
    );
}

TEST_DATABASES("masked data are shown for a reason only, and the person sees who looked")
{
    Desk desk(databases);
    const auto lan = desk.house.database()
                         .write(
                             {},
                             [&](storage::Writer& db) {
                                 return identity::create_party(
                                     db,
                                     desk.house.keys(),
                                     desk.house.act(),
                                     {.name = "Lan", .details = {.phone = "0905123456"}}
                                 );
                             }
                         )
                         .value();
    desk.house.post("ubnd-90101", "one_stop_officer", lan);
    const auto route = fields({{"party", text_of(lan)}});
    CHECK(desk.get(show_reveal, route).status == 200);
    CHECK(desk.post(reveal_person, {}, route).status == 422);
    CHECK(has(desk.post(reveal_person, fields({{"reason", "Gọi họp"}}), route), "+84905123456"));
    const auto log =
        desk.house.database().read([&](storage::Reader& db) { return identity::access_log(db, lan, 0, 10); });
    CHECK(std::ranges::any_of(log, [](const identity::AuditRow& row) {
        return row.what == "party.reveal" && row.reason == "Gọi họp";
    }));
}

TEST_DATABASES("people of other agencies do not exist for an administrator")
{
    Desk desk(databases);
    const auto stranger = desk.house.person("Người Sở");
    desk.house.post("so-1", "one_stop_officer", stranger);
    const auto route = fields({{"party", text_of(stranger)}});
    for (const auto handler : {show_person, show_reveal, show_close, show_relieve})
        CHECK(desk.get(handler, route).status == 404);
    CHECK(desk.post(close_person, fields({{"reason", "x"}}), route).status == 404);
}

TEST_DATABASES("a delegation is made, seen and ended by the holder of the post")
{
    Desk desk(databases);
    const auto hai = desk.house.person("Chủ Tịch Hai");
    const auto ba = desk.house.person("Phó Ba");
    const auto head = desk.house.post("ubnd-90101", "chairman", hai);
    const auto deputy = desk.house.post("ubnd-90101", "vice_chairman", ba);
    desk.actor = desk.house.as(hai, head);
    CHECK(has(desk.get(show_delegations), "Không có ủy quyền nào"));
    CHECK(has(desk.get(show_new_delegation), "Phó Ba"));
    auto form = fields(
        {{"from", text_of(head)},
         {"to", text_of(deputy)},
         {"kind", "1"},
         {"first", "1/7/2016"},
         {"last", "5/7/2016"},
         {"reason", ""}}
    );
    CHECK(desk.post(add_delegation, form).status == 422);
    form.add("reason", "x");
    form = fields(
        {{"from", text_of(head)},
         {"to", text_of(deputy)},
         {"kind", "1"},
         {"first", "1/7/2016"},
         {"last", "5/7/2016"},
         {"reason", "Nghỉ phép"}}
    );
    CHECK(desk.post(add_delegation, form).status == 303);
    const auto page = desk.get(show_delegations);
    CHECK(has(page, "5/7/2016"));
    CHECK(has(page, "Nghỉ phép"));
    const auto id = desk.house.database().read([&](storage::Reader& db) {
        return identity::delegations_to(db, ba, desk.house.today()).at(0).id;
    });
    const auto route = fields({{"id", text_of(id)}});
    CHECK(desk.get(show_end_delegation, route).status == 200);
    CHECK(desk.post(end_delegation, {}, route).status == 303);
    CHECK(has(desk.get(show_delegations), "Đã chấm dứt"));
}

TEST_DATABASES("a search of the trail shows rows the visitor may see and leaves a row of its own")
{
    Desk desk(databases);
    const auto auditor = desk.house.person("Kiểm Tra");
    desk.actor = desk.house.as(auditor, desk.house.post("ubnd-901", "auditor", auditor));
    const auto first = desk.get(show_audit);
    CHECK(first.status == 200);
    CHECK(has(first, "Bố trí vào vị trí"));
    CHECK(has(desk.get(show_audit), "Tra cứu nhật ký"));
    CHECK(desk.get(show_audit, {}, fields({{"tu", "31/2/2016"}})).status == 422);
    CHECK(has(desk.get(show_audit, {}, fields({{"viec", "nothing.such"}})), "Không có dòng nào khớp"));
    CHECK(has(desk.get(show_audit, {}, fields({{"nguoi", "khong co ai ten nay"}})), "Không có dòng nào khớp")
    );
}

TEST_DATABASES("an incident is listed, opened and settled with a reason")
{
    Desk desk(databases);
    CHECK(has(desk.get(show_outbox), "Không có gì ở đây"));
    const auto id = desk.house.database()
                        .write(
                            {},
                            [&](storage::Writer& db) -> Result<storage::IncidentId> {
                                return storage::incident_open(
                                    db,
                                    desk.house.ids(),
                                    desk.house.now,
                                    {.kind = "outbox.notices.send",
                                     .aggregate_kind = "notice_delivery",
                                     .aggregate_id = 7,
                                     .reason = "nhà mạng bận"}
                                );
                            }
                        )
                        .value();
    CHECK(has(desk.get(show_outbox), "nhà mạng bận"));
    for (const auto* lane : {"cho", "loi", "xong"})
        CHECK(desk.get(show_outbox, {}, fields({{"loai", lane}})).status == 200);
    const auto route = fields({{"id", text_of(id)}});
    CHECK(has(desk.get(show_incident, route), "Không gửi được tin báo"));
    CHECK(desk.get(show_settle, route).status == 200);
    CHECK(desk.post(settle, {}, route).status == 422);
    CHECK(desk.post(settle, fields({{"reason", "Đã gọi điện"}}), route).status == 303);
    CHECK(has(desk.get(show_outbox), "Không có gì ở đây"));
}

TEST_DATABASES("a second factor is begun with a key to type and refused with a wrong code")
{
    Desk desk(databases);
    desk.actor.account = identity::give_account(
                             desk.house.means(),
                             {},
                             {.party = desk.admin, .login = "quan.tri", .password = "thuyền thúng ra khơi"}
    )
                             .value();
    const auto in =
        identity::sign_in(desk.house.means(), {.login = "quan.tri", .password = "thuyền thúng ra khơi"});
    desk.cookies.add("phien", in.value().token);
    CHECK(has(desk.get(show_factor), "chưa bật"));
    CHECK(desk.post(begin_factor, {}).status == 200);
    CHECK(desk.post(confirm_factor, fields({{"code", "000000"}})).status == 422);
}

TEST_DATABASES("a program is registered on the desk and gets tokens by its secret, in a form or by HTTP Basic"
)
{
    Desk desk(databases);
    CHECK(desk.post(add_client, fields({{"name", "Bưu điện"}, {"scopes", ""}})).status == 422);
    const auto made =
        desk.post(add_client, fields({{"name", "Bưu điện"}, {"scopes", "dossiers:read track"}}));
    CHECK(has(desk.get(show_clients), "dossiers:read track"));
    const auto shown_after = [&](std::string_view label) {
        const auto at = made.body.find("<b>", made.body.find(label)) + 3;
        return made.body.substr(at, made.body.find("</b>", at) - at);
    };
    const auto id = shown_after("client_id");
    const auto secret = shown_after("client_secret");
    const auto ask = [&](web::Fields form) { return desk.post(give_token, std::move(form)); };
    const auto good = ask(fields(
        {{"grant_type", "client_credentials"},
         {"client_id", id},
         {"client_secret", secret},
         {"scope", "track"}}
    ));
    CHECK(good.status == 200);
    CHECK(has(good, R"("token_type":"Bearer")"));
    CHECK(ask(fields({{"grant_type", "password"}})).status == 400);
    CHECK(
        ask(fields({{"grant_type", "client_credentials"}, {"client_id", id}, {"client_secret", "x"}})
        ).status == 401
    );
    CHECK(
        ask(fields(
                {{"grant_type", "client_credentials"},
                 {"client_id", id},
                 {"client_secret", secret},
                 {"scope", "all"}}
            )
        ).status == 400
    );
    web::Request basic{
        .method = web::Method::post,
        .path = "/oauth/token",
        .form = fields({{"grant_type", "client_credentials"}})};
    basic.headers.add("authorization", "Basic " + base64(bytes_of(id + ":" + secret)));
    CHECK(desk.ask(give_token, std::move(basic)).status == 200);
}

TEST_CASE("days are read as people type them")
{
    CHECK(typed_day("1/7/2016", "/x").value() == Day{std::chrono::year{2016} / 7 / 1});
    CHECK(typed_day("2016-07-01", "/x").value() == Day{std::chrono::year{2016} / 7 / 1});
    CHECK(typed_day("31/2/2016", "/x").problem().field == "/x");
    CHECK_FALSE(typed_day("", "/x"));
}

}  // namespace
}  // namespace thien_an::administration
