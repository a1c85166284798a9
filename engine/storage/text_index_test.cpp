#include "engine/storage/text_index.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <random>

#include "engine/storage/test_databases.h"
#include "engine/storage/text_words.h"

using namespace thien_an;
using namespace thien_an::storage;

namespace {

struct Index {
    explicit Index(TestDatabases& databases) : database(databases.open({})) {}

    void put(std::int64_t subject, std::string_view text)
    {
        const std::array fields{TextField{"title", text}};
        REQUIRE(database->write({}, [&](Writer& db) -> Result<Done> {
            text_put(db, subject, fields);
            return Done{};
        }));
    }
    std::vector<std::int64_t> find(std::string_view query, int limit = 100)
    {
        return database->read([&](Reader& db) { return text_search(db, "title", query, limit); });
    }

    std::unique_ptr<Database> database;
};

using Ids = std::vector<std::int64_t>;

/// What a search means, said without an index.
bool has_all(const std::vector<std::string>& words, const std::vector<std::string>& wanted, bool begun)
{
    for (std::size_t i = 0; i < wanted.size(); ++i) {
        const bool start = begun && i + 1 == wanted.size();
        const auto fits = [&](const std::string& word) {
            return start ? word.starts_with(wanted[i]) : word == wanted[i];
        };
        if (std::ranges::none_of(words, fits)) return false;
    }
    return !wanted.empty();
}

/// 0 for the best hits, 3 for the least, 4 for none.
int rank_of(const std::string& text, const std::string& query)
{
    const auto plain = folded_words(query);
    const auto marked = marked_words(query);
    if (marked != plain && has_all(marked_words(text), marked, false)) return 0;
    if (marked != plain && has_all(marked_words(text), marked, true)) return 1;
    if (has_all(folded_words(text), plain, false)) return 2;
    return has_all(folded_words(text), plain, true) ? 3 : 4;
}

Ids naive(const std::map<std::int64_t, std::string>& texts, const std::string& query)
{
    std::map<std::pair<int, std::int64_t>, std::int64_t> ordered;
    for (const auto& [id, text] : texts)
        if (const int rank = rank_of(text, query); rank < 4) ordered[{rank, -id}] = id;
    Ids ids;
    for (const auto& [key, id] : ordered) ids.push_back(id);
    return ids;
}

}  // namespace

TEST_DATABASES("words are found with marks, without and half typed; those whose marks agree come first")
{
    Index index(databases);
    index.put(1, "Đăng ký khai sinh tại xã Đức Phổ");
    index.put(2, "Đường Trần Phú");
    index.put(3, "dương trần phú");
    CHECK(index.find("khai sinh") == Ids{1});
    CHECK(index.find("KHAI SI") == Ids{1});
    CHECK(index.find("dang ky duc pho") == Ids{1});
    CHECK(index.find("duong") == Ids{3, 2});
    CHECK(index.find("đường") == Ids{2, 3});
    CHECK(index.find("đườ") == Ids{2, 3});
    CHECK(index.find("khai tử").empty());
    CHECK(index.find("").empty());
    CHECK(index.find("\"' OR * -- & | !").empty());
}

TEST_DATABASES("a text that was replaced or taken out is no longer found, another field never was")
{
    Index index(databases);
    index.put(1, "khai sinh");
    index.put(1, "kết hôn");
    CHECK(index.find("sinh").empty());
    CHECK(index.find("hon") == Ids{1});
    CHECK(index.database->read([](Reader& db) { return text_search(db, "other", "hon", 10); }).empty());
    REQUIRE(index.database->write({}, [](Writer& db) -> Result<Done> {
        text_put(db, 1, {});
        return Done{};
    }));
    CHECK(index.find("hon").empty());
}

TEST_DATABASES("the newest come first and the limit holds")
{
    Index index(databases);
    for (int i = 1; i <= 30; ++i) index.put(i, "khai sinh số " + std::to_string(i));
    CHECK(index.find("sinh", 3) == Ids{30, 29, 28});
    CHECK(index.find("số", 2) == Ids{30, 29});
}

TEST_DATABASES("any text is found as a naive search finds it")
{
    constexpr std::array parts{"duong", "đường", "dương",  "Trần", "tran",         "1",   "15/2016", "2016",
                               "a1b",   "1e5",   "x-y",    "北京", "ngọc",         "Ngo", "'",       "\"",
                               "đ",     "d",     "o'neil", "ẩ",    "phường-Nghĩa", "ß",   "ﬁ",       "0"};
    std::mt19937 random(20160701);
    const auto pick = [&](std::size_t below) { return std::size_t(random() % below); };
    const auto sentence = [&](std::size_t words_max) {
        std::string text;
        for (auto left = 1 + pick(words_max); left > 0; --left)
            text += std::string(parts[pick(parts.size())]) + " ";
        return text;
    };
    Index index(databases);
    std::map<std::int64_t, std::string> texts;
    for (int i = 0; i < 120; ++i) {
        const auto subject = std::int64_t(1 + pick(90));
        texts[subject] = sentence(5);
        index.put(subject, texts[subject]);
    }
    for (int i = 0; i < 150; ++i) {
        const auto query = sentence(2);
        INFO(query);
        CHECK(index.find(query, 1000) == naive(texts, query));
    }
}
