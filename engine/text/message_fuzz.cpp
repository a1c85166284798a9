#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "engine/text/catalogue.h"

/// A sentence of a catalogue is refused at load, or filled with values that stay escaped.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size)
{
    using namespace thien_an::text;
    try {
        const Message message({reinterpret_cast<const char*>(bytes), size});
        boost::json::object words;
        for (const auto& name : message.names()) words[name] = "\x01<b>\x01";
        const boost::json::value value = std::move(words);
        std::string out;
        message.fill(Scopes({&value}), Escape::html, out);
        if (out.find("\x01<") != std::string::npos) std::abort();
    } catch (const LoadError&) {
    } catch (const RenderError&) {
    }
    return 0;
}
