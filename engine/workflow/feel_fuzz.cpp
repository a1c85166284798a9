#include <cstddef>
#include <cstdint>

#include "engine/workflow/feel.h"

// Any bytes: compiling and running them must end, in bounds, without a crash.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace thien_an::workflow::feel;
    if (size > 4096) return 0;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const Names names{.variables = {"x", "first name"}, .members = {"last name"}, .types = {}};
    const std::vector<Value> values{Value(1), Value("a")};
    if (const auto expression = compile(text, names)) {
        Evaluation evaluation({}, 20'000);
        (void)text_of(evaluation.value(expression.value(), values));
    }
    if (const auto tests = compile_tests(text, names)) {
        Evaluation evaluation({}, 20'000);
        (void)evaluation.passes(tests.value(), values, 1);
    }
    return 0;
}
