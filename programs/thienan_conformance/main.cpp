#include <fmt/format.h>

#include <string_view>

#include "programs/thienan_conformance/suites.h"

int main(int count, char** arguments)
{
    using namespace thien_an::conformance;
    const std::string_view mode = count == 3 ? arguments[1] : "";
    if (mode == "dmn") return run_dmn(arguments[2]) == 0 ? 0 : 1;
    if (mode == "bpmn") return run_bpmn(arguments[2]) == 0 ? 0 : 1;
    if (mode == "bpmn-refuse") return run_bpmn_refuse(arguments[2]) == 0 ? 0 : 1;
    if (mode == "bpmn-roundtrip") return run_bpmn_roundtrip(arguments[2]) == 0 ? 0 : 1;
    fmt::print(
        stderr,
        "usage: thienan_conformance dmn DIR | bpmn CASES.json | bpmn-refuse DIR | bpmn-roundtrip DIR\n"
    );
    return 2;
}
