#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "engine/workflow/step_table.h"

/// Any table is read, or refused with row and reason; what became a process says the same table again.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size)
{
    using namespace thien_an::workflow;
    if (size > 10'000) return 0;
    const TableWords words{
        .say =
            [](std::string_view key) {
                const auto word = key.substr(key.rfind('.') + 1);
                return word == "decimal_mark" ? std::string(",") : std::string(word);
            },
        .posts = {}};
    const auto read = read_step_table({reinterpret_cast<const char*>(bytes), size}, "fuzz.csv", words);
    for (const auto& finding : read.findings)
        if (text_of(finding).empty() || finding.file != "fuzz.csv") std::abort();
    if (!read.good()) return 0;
    (void)html_of(read.table, words);
    const auto made = bpmn_of(read.table, "fuzz.csv", words);
    if (made.xml.empty()) return made.findings.empty() ? (std::abort(), 0) : 0;
    Vocabulary vocabulary;
    vocabulary.any_action = true;
    const auto back = step_table_of(made.xml, "fuzz.bpmn", vocabulary);
    if (!back.good()) std::abort();
    const auto again = bpmn_of(back.table, "fuzz.csv", words);
    if (again.xml.empty()) std::abort();
    const auto last = step_table_of(again.xml, "fuzz.bpmn", vocabulary);
    if (csv_of(last.table, words) != csv_of(back.table, words)) std::abort();
    return 0;
}
