#include <cstddef>
#include <cstdint>

#include "engine/text/template.h"

/// Whatever a template says, loading it ends in a page, a LoadError or a RenderError, and a value stays escaped.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size)
{
    using namespace thien_an::text;
    const Catalogue words;
    Templates templates;
    const boost::json::value context = boost::json::object{
        {"a", "<script>\""}, {"b", boost::json::array{1, "x"}}, {"c", boost::json::object{{"d", 1}}}};
    try {
        templates.add("fuzz/page", "fuzz", {reinterpret_cast<const char*>(bytes), size});
        templates.link(words);
        templates.render("fuzz/page", Scopes({&context}), Language::vi);
    } catch (const LoadError&) {
    } catch (const RenderError&) {
    }
    return 0;
}
