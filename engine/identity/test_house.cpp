#include "engine/identity/test_house.h"

#include "engine/base/json.h"
#include "engine/identity/agencies.h"
#include "engine/identity/parties.h"
#include "engine/identity/posts.h"
#include "engine/identity/schema.h"

namespace thien_an::identity {
namespace {

constexpr std::string_view province = R"json({
 "units": [
  {"code": "9", "kind": "province", "level": "province", "name": {"vi": "Tỉnh Thử", "en": "Try Province"}, "short_name": "Thử",
   "parent": null, "valid_from": "2016-01-01", "valid_to": null},
  {"code": "901", "kind": "district", "level": "district", "name": {"vi": "Huyện Đức Thử", "en": "Duc Thu District"},
   "short_name": "Đức Thử", "parent": "9", "valid_from": "2016-01-01", "valid_to": "2025-07-01"},
  {"code": "90101", "kind": "commune", "level": "commune", "name": {"vi": "Xã Phổ An", "en": "Pho An Commune"}, "short_name": "Phổ An",
   "parent": "901", "valid_from": "2016-01-01", "valid_to": "2020-02-01", "successors": [{"code": "90102"}]},
  {"code": "90102", "kind": "commune", "level": "commune", "name": {"vi": "Xã Phổ Bình", "en": "Pho Binh Commune"},
   "short_name": "Phổ Bình", "parent": "901", "valid_from": "2016-01-01", "valid_to": "2025-07-01", "successors": [{"code": "90199"}]},
  {"code": "90199", "kind": "commune", "level": "commune", "name": {"vi": "Xã Phổ Mới", "en": "Pho Moi Commune"}, "short_name": "Phổ Mới",
   "parent": "9", "valid_from": "2025-07-01", "valid_to": null}
 ],
 "agencies": [
  {"id": "ubnd-tinh", "code": "000.00.00.H99", "unit": "9", "kind": "peoples_committee", "level": "province",
   "name": {"vi": "Ủy ban nhân dân tỉnh Thử", "en": "People's Committee of Try Province"}, "short_name": "UBND", "parent": null,
   "valid_from": "2016-01-01", "valid_to": null},
  {"id": "so-1", "code": "9.S1", "unit": "9", "kind": "department", "level": "province", "name": {"vi": "Sở Một", "en": "Department One"},
   "short_name": "SM", "parent": "ubnd-tinh", "valid_from": "2016-01-01", "valid_to": null},
  {"id": "ubnd-901", "code": "901", "unit": "901", "kind": "peoples_committee", "level": "district",
   "name": {"vi": "Ủy ban nhân dân huyện Đức Thử", "en": "People's Committee of Duc Thu"}, "short_name": "UBND", "parent": "ubnd-tinh",
   "valid_from": "2016-01-01", "valid_to": "2025-07-01"},
  {"id": "ubnd-90101", "code": "90101", "unit": "90101", "kind": "peoples_committee", "level": "commune",
   "name": {"vi": "Ủy ban nhân dân xã Phổ An", "en": "People's Committee of Pho An"}, "short_name": "UBND", "parent": "ubnd-901",
   "one_stop_desk": {"vi": "Bộ phận Một cửa xã Phổ An", "en": "Desk of Pho An"}, "valid_from": "2016-01-01", "valid_to": "2020-02-01",
   "successors": [{"id": "ubnd-90102"}]},
  {"id": "ubnd-90102", "code": "90102", "unit": "90102", "kind": "peoples_committee", "level": "commune",
   "name": {"vi": "Ủy ban nhân dân xã Phổ Bình", "en": "People's Committee of Pho Binh"}, "short_name": "UBND", "parent": "ubnd-901",
   "valid_from": "2016-01-01", "valid_to": "2025-07-01", "successors": [{"id": "ubnd-90199"}]},
  {"id": "ubnd-90199", "code": "90199", "unit": "90199", "kind": "peoples_committee", "level": "commune",
   "name": {"vi": "Ủy ban nhân dân xã Phổ Mới", "en": "People's Committee of Pho Moi"}, "short_name": "UBND", "parent": "ubnd-tinh",
   "valid_from": "2025-07-01", "valid_to": null}
 ],
 "post_kinds": [
  {"id": "chairman", "name": {"vi": "Chủ tịch", "en": "Chairman"}, "agency_kinds": ["peoples_committee"],
   "agency_levels": ["province", "district", "commune"], "permissions": ["dossiers.read", "dossiers.approve", "posts.delegate"],
   "signature_block": {"vi": ["CHỦ TỊCH"]}, "valid_from": "2016-01-01", "valid_to": null},
  {"id": "vice_chairman", "name": {"vi": "Phó Chủ tịch", "en": "Vice chairman"}, "agency_kinds": ["peoples_committee"],
   "agency_levels": ["province", "district", "commune"], "permissions": ["dossiers.read", "dossiers.approve"],
   "signature_block": {"vi": ["KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH"]}, "valid_from": "2016-01-01", "valid_to": null},
  {"id": "one_stop_officer", "name": {"vi": "Công chức tiếp nhận", "en": "Desk officer"},
   "agency_kinds": ["peoples_committee", "department"], "agency_levels": ["province", "district", "commune"],
   "permissions": ["dossiers.read", "dossiers.receive"], "valid_from": "2016-01-01", "valid_to": null},
  {"id": "justice_civil_status_officer", "name": {"vi": "Công chức Tư pháp - hộ tịch", "en": "Civil-status officer"},
   "agency_kinds": ["peoples_committee"], "agency_levels": ["commune"], "permissions": ["dossiers.read", "dossiers.check"],
   "valid_from": "2016-01-01", "valid_to": null},
  {"id": "agency_administrator", "name": {"vi": "Quản trị", "en": "Administrator"}, "agency_kinds": ["peoples_committee", "department"],
   "agency_levels": ["province", "district", "commune"], "permissions": ["people.manage", "posts.manage"],
   "valid_from": "2016-01-01", "valid_to": null},
  {"id": "system_administrator", "name": {"vi": "Quản trị hệ thống", "en": "System administrator"},
   "agency_kinds": ["peoples_committee", "department"], "agency_levels": ["province"], "permissions": ["people.manage", "posts.manage"],
   "valid_from": "2016-01-01", "valid_to": null},
  {"id": "auditor", "name": {"vi": "Kiểm tra nhật ký", "en": "Auditor"}, "agency_kinds": ["peoples_committee"],
   "agency_levels": ["province", "district", "commune"], "permissions": ["audit.read"], "valid_from": "2016-01-01", "valid_to": null}
 ],
 "roles": [
  {"post_kind": "system_administrator", "second_factor": true,
   "grants": [{"scope": "all", "permissions": ["people.manage", "posts.manage", "audit.read", "sealed.read", "dossiers.read"]}]},
  {"post_kind": "agency_administrator", "second_factor": false, "grants": [{"scope": "below", "permissions": ["people.manage"]}]},
  {"post_kind": "auditor", "second_factor": false,
   "grants": [{"scope": "below", "permissions": ["audit.read", "dossiers.read"]}, {"scope": "agency", "permissions": ["sealed.read"]}]}
 ]
})json";

std::unique_ptr<storage::Database> opened(
    storage::TestDatabases& databases, std::span<const storage::Migration> more
)
{
    std::vector<storage::Migration> all(migrations().begin(), migrations().end());
    all.insert(all.end(), more.begin(), more.end());
    return databases.open(all);
}

crypto::KeyRing fresh_keys(const std::string& folder, Instant now)
{
    return crypto::KeyRing::create({.key_file = folder + "/keys.json", .data_folder = folder + "/data"}, now)
        .value()
        .ring;
}

}  // namespace

json::value test_province() { return json::parse(province).value(); }

TestHouse::TestHouse(storage::TestDatabases& databases, std::span<const storage::Migration> more)
    : now(at(Day{std::chrono::year{2016} / 7 / 1}, Minutes{8 * 60})),
      folder_(databases.folder()),
      database_(opened(databases, more)),
      keys_(fresh_keys(folder_, now)),
      clock_(now),
      means_{
          .database = *database_,
          .keys = keys_,
          .ids = ids_,
          .clock = clock_,
          .wall = [this] { return now; },
          .send_code =
              [this](storage::Writer&, const Act&, const CodeMessage& message) {
                  const std::scoped_lock hold(mutex_);
                  sent_.push_back(message);
              }}
{
    const auto data = test_province();
    database_
        ->write(
            {},
            [&](storage::Writer& db) -> Result<Done> {
                TRY(import_units(db, data));
                TRY(import_agencies(db, ids_, data));
                TRY(import_post_kinds(db, data));
                return import_roles(db, data);
            }
        )
        .value();
}

void TestHouse::move_business_clock(Instant to)
{
    clock_ = Clock(to);
    now = to;
}

AgencyId TestHouse::agency(std::string_view key)
{
    return database_->read([&](storage::Reader& db) {
        auto rows = db.query("SELECT id FROM agency WHERE key = ?1", key);
        rows.next();
        return rows.id<AgencyId>(0);
    });
}

PartyId TestHouse::person(std::string_view name)
{
    return database_
        ->write(
            {},
            [&](storage::Writer& db) {
                return create_party(db, keys_, act(), {.kind = PartyKind::person, .name = std::string(name)});
            }
        )
        .value();
}

PostId TestHouse::post(std::string_view agency_key, std::string_view kind, PartyId party)
{
    const auto id = agency(agency_key);
    return database_
        ->write(
            {},
            [&](storage::Writer& db) -> Result<PostId> {
                const NewPost wanted{
                    .agency = id, .kind = std::string(kind), .title_vi = "", .title_en = "", .from = today()};
                const auto made = TRY(create_post(db, act(), wanted));
                TRY(appoint(db, act(), made, party, today()));
                return made;
            }
        )
        .value();
}

Actor TestHouse::as(PartyId party, PostId post, std::string_view channel)
{
    const auto agency =
        database_->read([&](storage::Reader& db) { return find_post(db, post).value().agency; });
    return {
        .account = {},
        .party = party,
        .post = post,
        .agency = agency,
        .for_post = {},
        .channel = std::string(channel)};
}

std::vector<CodeMessage> TestHouse::sent() const
{
    const std::scoped_lock hold(mutex_);
    return sent_;
}

}  // namespace thien_an::identity
