#pragma once

#include <algorithm>

#include "engine/crypto/demo_authority.h"
#include "engine/documents/document_store.h"
#include "engine/documents/schema.h"
#include "engine/identity/schema.h"
#include "engine/storage/test_databases.h"

/// A database with this room's tables, an officer and keys: for the store tests.
namespace thien_an::documents::for_tests {

struct House {
    explicit House(storage::TestDatabases& databases)
        : folder(databases.folder()),
          keys(crypto::KeyRing::create({folder + "/secret/keys", folder + "/data"}, Instant{}).value().ring)
    {
        std::vector<storage::Migration> all(identity::migrations().begin(), identity::migrations().end());
        all.insert(all.end(), migrations().begin(), migrations().end());
        database = databases.open(all);
    }

    identity::Act act()
    {
        return {
            .actor =
                {.account = {}, .party = {3}, .post = {4}, .agency = {10}, .for_post = {}, .channel = "desk"},
            .now = now,
            .ids = ids};
    }

    template <typename Command>
    auto write(Command command, storage::Locks locks = {})
    {
        return database->write(std::move(locks), [&](storage::Writer& db) { return command(db); });
    }

    Document document(DocumentState state = DocumentState::draft)
    {
        const auto made = write([&](storage::Writer& db) -> Result<Document> {
            return add_document(
                db,
                act(),
                {.kind = "certificate", .subject = {"dossier", 42}, .agency = {10}, .title = "Giấy xác nhận"}
            );
        });
        auto id = made.value().id;
        for (int step = 2; step <= std::min(4, int(state)); ++step) move(id, DocumentState(step));
        if (state == DocumentState::voided) {
            REQUIRE(write([&](storage::Writer& db) { return void_document(db, act(), id, "nhầm"); }));
        }
        return find(id);
    }
    void move(DocumentId id, DocumentState to)
    {
        REQUIRE(write([&](storage::Writer& db) { return move_document(db, act(), id, to); }));
    }
    Document find(DocumentId id)
    {
        return database->read([&](storage::Reader& db) { return find_document(db, id); }).value();
    }

    std::string folder;
    crypto::KeyRing keys;
    IdSource ids{1};
    Instant now = parse_instant("2016-07-01T08:00:00+07:00").value();
    std::unique_ptr<storage::Database> database;
};

}  // namespace thien_an::documents::for_tests
