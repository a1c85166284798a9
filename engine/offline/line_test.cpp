#include "engine/offline/line.h"

#include <doctest/doctest.h>

#include "engine/base/vietnamese.h"

namespace thien_an::offline {
namespace {

Line some_line()
{
    Line line;
    line.lease = {42};
    line.epoch = 3;
    line.sequence = 7;
    line.previous = first_line_hash();
    line.kind = "complete";
    line.at = instant_from(1'467'594'000'000'000);
    line.actor = {
        .account = {1}, .party = {2}, .post = {3}, .agency = {4}, .for_post = {}, .channel = "desk"};
    line.subject = {{"dossier", "21172-160704-30001"}, {"task", "check"}, {"place", 0}};
    line.made = {{"entry", "05/2016"}};
    line.sealed = Bytes(40, 9);
    return line;
}

const crypto::Secret seed{Bytes(32, 7)};

}  // namespace

TEST_CASE("a line is read as it was written, and its signature is of exactly these bytes")
{
    const auto key = crypto::ed25519_public(seed);
    const auto signed_line = sign_line(seed, some_line());
    CHECK(is_genuine(key, signed_line));
    const auto read = read_line(signed_line.body).value();
    CHECK(read.lease.value == 42);
    CHECK(read.sequence == 7);
    CHECK(read.actor == some_line().actor);
    CHECK(read.at == some_line().at);
    CHECK(read.made == some_line().made);
    CHECK(sign_line(seed, read).body == signed_line.body);
    for (const auto place : {std::size_t{10}, signed_line.body.size() / 2, signed_line.body.size() - 2}) {
        auto changed = signed_line;
        changed.body[place] = char(changed.body[place] ^ 1);
        CHECK_FALSE(is_genuine(key, changed));
        CHECK(hash_of(changed) != hash_of(signed_line));
    }
    CHECK_FALSE(is_genuine(crypto::ed25519_public(crypto::Secret{Bytes(32, 8)}), signed_line));
}

TEST_CASE("what is no line is refused with what is wrong in it")
{
    const auto body = sign_line(seed, some_line()).body;
    const auto refused = [](std::string text) {
        const auto read = read_line(text);
        REQUIRE_FALSE(read);
        CHECK(read.problem().code == "offline.bad_line");
        return read.problem().words.front().second;
    };
    CHECK(refused("") == "json");
    CHECK(refused("[]") == "json");
    CHECK(refused("{}") == "format");
    const auto with = [&](std::string_view pointer, json::value v) {
        auto changed = json::parse(body).value();
        json::set(changed, pointer, std::move(v));
        return json::canonical(changed);
    };
    CHECK(refused(with("/sequence", 0)) == "sequence");
    CHECK(refused(with("/epoch", -1)) == "sequence");
    CHECK(refused(with("/previous", "00")) == "previous");
    CHECK(refused(with("/previous", "zz")) == "previous");
    CHECK(refused(with("/lease", 42)) == "lease");
    CHECK(refused(with("/kind", "")) == "kind");
    CHECK(refused(with("/actor", nullptr)) == "actor");
    CHECK(refused(with("/actor/post", "x")) == "post");
    CHECK(refused(with("/made", "x")) == "made");
    CHECK(refused(with("/sealed", "")) == "sealed");
}

TEST_CASE("a batch is bounded and read as it was written")
{
    Batch batch{{42}, {sign_line(seed, some_line()), sign_line(seed, some_line())}};
    const auto read = read_batch(to_json(batch)).value();
    CHECK(read.lease == batch.lease);
    REQUIRE(read.lines.size() == 2);
    CHECK(read.lines[1].body == batch.lines[1].body);
    CHECK(read.lines[1].signature == batch.lines[1].signature);
    CHECK(read_batch(json::object{}).problem().code == "offline.bad_batch");
    CHECK(read_batch(json::object{{"lease", "1"}, {"lines", {1}}}).problem().code == "offline.bad_batch");
    batch.lines.resize(batch_lines_max + 1, batch.lines[0]);
    CHECK(read_batch(to_json(batch)).problem().code == "offline.batch_too_long");
}

}  // namespace thien_an::offline
