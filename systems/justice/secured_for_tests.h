#pragma once

#include <filesystem>
#include <memory>

#include "engine/crypto/key_ring.h"
#include "engine/storage/test_databases.h"

#include "systems/justice/secured_register.h"

namespace thien_an::justice {
std::span<const storage::Migration> migrations();
}

/// For the tests of the register of security: a register of its own and notices to put in.
namespace thien_an::justice {

inline Instant moment(std::string_view text) { return parse_instant(text).value(); }

struct RegisterHouse {
    explicit RegisterHouse(storage::TestDatabases& databases)
        : database(databases.open(migrations())), folder(databases.folder())
    {
        std::filesystem::create_directories(folder / "data");
        keys = std::make_unique<crypto::KeyRing>(std::move(
            crypto::KeyRing::create({folder / "keys.json", folder / "data"}, moment("2016-01-01T08:00"))
                .value()
                .ring
        ));
    }
    Result<FiledNotice> file(const Filing& filing, std::string_view at)
    {
        return database->write({lock_of_secured_register()}, [&](storage::Writer& db) {
            return file_notice(db, *keys, filing, moment(at));
        });
    }
    Result<SearchResult> search(SearchBy by, std::string text, std::string_view as_of)
    {
        return database->read([&](storage::Reader& db) {
            return search_register(db, {by, std::move(text), moment(as_of)});
        });
    }
    std::vector<FiledNotice> notices(std::int64_t number)
    {
        return database->read([&](storage::Reader& db) {
            return notices_of(db, number, moment("2099-01-01T00:00"));
        });
    }
    std::vector<Problem> faults()
    {
        return database->read([](storage::Reader& db) { return check_secured_register(db); });
    }

    std::unique_ptr<storage::Database> database;
    std::filesystem::path folder;
    std::unique_ptr<crypto::KeyRing> keys;
};

inline const SecuredParty an_owner{PartyKind::individual, "Nguyễn Hữu Thọ", "051088000222"};
inline const SecuredParty a_bank{
    PartyKind::organisation, "Ngân hàng TMCP Ví Dụ, chi nhánh Quảng Ngãi", "0100000001"};
inline const SecuredParty another_bank{PartyKind::organisation, "Ngân hàng TMCP Thử Nghiệm", "0100000002"};
inline const Vehicle a_truck{"RLHJC4321AB", "JC43E1234", "76C12345"};
constexpr const char* a_pin = "246813";

/// A registration by the bank over the truck.
inline Filing a_registration(std::string key = "first")
{
    Filing filing{.key = std::move(key)};
    filing.notice.grantors = {an_owner};
    filing.notice.secured = {a_bank};
    filing.notice.collateral = "Xe ô tô tải";
    filing.notice.vehicles = {a_truck};
    filing.by = a_bank.number;
    filing.pin = a_pin;
    return filing;
}

/// A later notice by the bank.
inline Filing a_later(NoticeKind kind, std::int64_t registration, std::string key)
{
    Filing filing{.key = std::move(key)};
    filing.notice.kind = kind;
    filing.notice.registration = registration;
    filing.notice.reason = "paid";
    filing.by = a_bank.number;
    filing.pin = a_pin;
    return filing;
}

}  // namespace thien_an::justice
