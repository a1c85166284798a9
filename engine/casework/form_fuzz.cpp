#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include "engine/casework/province_files.h"

namespace {

using namespace thien_an;
using namespace thien_an::casework;

const ProvinceFiles& province()
{
    static const auto files = ProvinceFiles::load(THIENAN_SOURCE_DIR).value();
    return *files;
}

const Form& birth()
{
    static const auto form = [] {
        std::ifstream in(THIENAN_SOURCE_DIR
                         "/systems/civil_status/procedures/birth_registration/form.schema.json");
        std::stringstream text;
        text << in.rdbuf();
        return Form::load(json::parse(text.str()).value(), province(), Day{std::chrono::year{2026} / 7 / 1})
            .value();
    }();
    return form;
}

FormContext context() { return {.today = Day{std::chrono::year{2026} / 7 / 1}}; }

/// "name=value" lines as a browser would send them.
Typed typed_from(std::string_view text)
{
    Typed typed;
    while (!text.empty()) {
        const auto line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(line.size() + 1, text.size()));
        const auto equals = std::min(line.find('='), line.size());
        typed.emplace(line.substr(0, equals), line.substr(std::min(equals + 1, line.size())));
    }
    return typed;
}

/// What a page does with answers: reads them, judges them, draws the step again.
void answer(const Form& form, const Typed& typed, const CodeLists& codes)
{
    for (const auto& id : form.step_ids()) {
        const auto decoded = form.decode(id, typed, form.blank(), context());
        const auto errors = form.check(id, decoded.document, context(), codes);
        if (!form.step(id, decoded.document, context(), codes, typed, errors)) std::abort();
        const auto tidied = form.tidied(decoded.document, context());
        if (form.tidied(tidied, context()) != tidied) std::abort();
    }
}

}  // namespace

/// "{...": a form is refused with its place, or can be asked and answered. Anything else: what a browser sends for the
/// steps of birth registration is taken or told, and being tidied twice changes nothing.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size)
{
    if (size > 16'384) return 0;
    const std::string_view text(reinterpret_cast<const char*>(bytes), size);
    if (!text.starts_with('{')) {
        if (is_utf8(text)) answer(birth(), typed_from(text), province());
        return 0;
    }
    auto schema = json::parse(text);
    if (!schema) return 0;
    const auto form = Form::load(std::move(schema).value(), province(), context().today);
    if (!form) {
        if (form.problem().code.empty()) std::abort();
        return 0;
    }
    answer(form.value(), {}, province());
    return 0;
}
