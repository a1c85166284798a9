#include "engine/base/config.h"

#include <doctest/doctest.h>

namespace thien_an {
namespace {

struct Rate {
    double per_minute = 60;
};
template <typename Visitor>
void settings(Visitor& visit, Rate& it)
{
    visit("per_minute", it.per_minute, "How many a minute.");
}
struct Door {
    std::uint16_t port = 8080;
    bool tls = false;
    std::chrono::milliseconds wait{15'000};
    std::vector<std::string> proxies;
    std::map<std::string, Rate> rates;
};
template <typename Visitor>
void settings(Visitor& visit, Door& it)
{
    visit("port", it.port, "Where it listens.");
    visit("tls", it.tls, "Whether it speaks TLS.");
    visit("wait_s", it.wait, "How long it waits.");
    visit("proxies", it.proxies, "Whom it believes.");
    visit("rates", it.rates, "");
}
struct All {
    std::string name = "a";
    Door door;
};
template <typename Visitor>
void settings(Visitor& visit, All& it)
{
    visit("name", it.name, "What it is called.");
    visit("door", it.door, "");
}

TEST_CASE("a file changes what it names and leaves the rest at its default")
{
    All all;
    config::read(
        "name = \"b\"\n[door]\nwait_s = 3\nproxies = [\"::1\"]\nrates.track.per_minute = 7\n", "x.toml", all
    );
    CHECK(all.name == "b");
    CHECK(all.door.port == 8080);
    CHECK(all.door.wait == std::chrono::seconds{3});
    CHECK(all.door.proxies == std::vector<std::string>{"::1"});
    CHECK(all.door.rates.at("track").per_minute == 7);
}

TEST_CASE("texts keep their letters, whatever they are, and a file may begin with a byte order mark")
{
    All all;
    config::read("\xEF\xBB\xBFname = \"Qu\u1ea3ng Ng\u00e3i ~7E\"  # \u00e0\n", "x.toml", all);
    CHECK(all.name == "Qu\u1ea3ng Ng\u00e3i ~7E");
}

TEST_CASE("an unknown key, a value of another kind and broken TOML stop the start with file and line")
{
    const auto refused = [](std::string_view toml) -> std::string {
        All all;
        try {
            config::read(toml, "x.toml", all);
        } catch (const config::ConfigError& error) {
            return error.what();
        }
        return "";
    };
    CHECK(refused("name = \"a\"\nnmae = 1\n") == "x.toml:2: nmae: there is no such key");
    CHECK(refused("[door]\n\nprot = 1\n") == "x.toml:3: door.prot: there is no such key");
    CHECK(refused("[door]\nport = 70000\n") == "x.toml:2: door.port: must be a whole number from 0 to 65535");
    CHECK(refused("[door]\nport = -1\n") == "x.toml:2: door.port: must be a whole number from 0 to 65535");
    CHECK(refused("name = 1\n") == "x.toml:1: name: must be a text");
    CHECK(refused("door = 1\n") == "x.toml:1: door: must be a table");
    CHECK(refused("name = \"a\"\n[[[[\n") == "x.toml:1: this is no TOML; where it breaks cannot be said");
    CHECK(refused("name = 3'\n").starts_with("x.toml:1: "));
    CHECK(refused("name = \"\xC3\"\n") == "x.toml:1: the file is not in UTF-8");
    CHECK(refused("name = \"\x01\"\n").starts_with("x.toml:1: "));
    CHECK(
        refused("[door.rates.x]\nper_hour = 1\n") == "x.toml:2: door.rates.x.per_hour: there is no such key"
    );
    CHECK(refused("name = \n").starts_with("x.toml:1: "));
    CHECK(refused("name = \"a\"\nt\u00ean = 1\n").starts_with("x.toml:2: "));
    CHECK(refused("\xEF\xBB\xBFname = \"Qu\u1ea3ng\" # Ng\u00e3i\ndoor.proxies = ['''\u00e1''', "
                  "\"\"\"\n\u1ea1\\\"\"\"\"]\n")
              .empty());
    CHECK(refused("name = 2016-07-01\n") == "x.toml:1: name is a date or a time");
}

TEST_CASE("every key is listed with its default and its meaning")
{
    const auto keys = config::keys_of<All>();
    REQUIRE(keys.size() == 6);
    CHECK(keys[3].name == "door.wait_s");
    CHECK(keys[3].usual == "15");
    CHECK(keys[5].name == "door.rates.NAME.per_minute");
    CHECK(
        config::markdown(keys).find("| `door.port` | whole number | `8080` | Where it listens. |") !=
        std::string::npos
    );
}

}  // namespace
}  // namespace thien_an
