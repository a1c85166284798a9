#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "engine/base/config.h"

namespace {

struct Inner {
    int workers = 4;
    std::chrono::milliseconds wait{1000};
};
struct All {
    std::string name = "x";
    bool on = false;
    std::uint16_t port = 8080;
    double share = 0.5;
    std::vector<std::string> list;
    Inner inner;
    std::map<std::string, Inner, std::less<>> many;
};
template <typename Visitor>
void settings(Visitor& visit, Inner& it)
{
    visit("workers", it.workers, "Threads.");
    visit("wait_ms", it.wait, "Patience.");
}
template <typename Visitor>
void settings(Visitor& visit, All& it)
{
    visit("name", it.name, "A name.");
    visit("on", it.on, "Whether.");
    visit("port", it.port, "Where.");
    visit("share", it.share, "How much.");
    visit("list", it.list, "Several.");
    visit("inner", it.inner, "");
    visit("many", it.many, "");
}

}  // namespace

/// A configuration is read, or refused with the file's name and a line; nothing else happens.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size)
{
    using namespace thien_an;
    try {
        All all;
        config::read({reinterpret_cast<const char*>(bytes), size}, "fuzz.toml", all);
    } catch (const config::ConfigError& error) {
        if (!std::string_view(error.what()).starts_with("fuzz.toml:")) std::abort();
    }
    return 0;
}
