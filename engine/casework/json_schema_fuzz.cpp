#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "engine/casework/json_schema.h"

/// The first line is a schema, the rest a document: the schema is refused with its place, or judges the document, and
/// both questions get the same answer.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size)
{
    using namespace thien_an;
    if (size > 8192) return 0;
    const std::string_view text(reinterpret_cast<const char*>(bytes), size);
    const auto line = std::min(text.find('\n'), text.size());
    auto schema = json::parse(text.substr(0, line));
    if (!schema) return 0;
    const auto compiled = casework::JsonSchema::compile(std::move(schema).value());
    if (!compiled) {
        if (!compiled.problem().code.starts_with("schema.")) std::abort();
        return 0;
    }
    const auto document = json::parse(text.substr(std::min(line + 1, text.size())));
    const auto& judged = document ? document.value() : compiled.value().document();
    const auto faults = compiled.value().faults(judged, 50);
    if (faults.size() > 50 || faults.empty() != compiled.value().accepts(judged)) std::abort();
    return 0;
}
