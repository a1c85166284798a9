#include <benchmark/benchmark.h>

#include "engine/text/template.h"

namespace thien_an::text {
namespace {

/// A table of 36 rows, about 7.5 kB, as the officer's queue has it.
void a_page_of_36_rows(benchmark::State& state)
{
    Catalogue words;
    words.add({{"title", "Hồ sơ của {name}"}}, {{"title", "Dossiers of {name}"}}, "bench");
    Templates templates;
    templates.add(
        "bench/page",
        "page.html",
        "<!doctype html><html><head><title>{{_ title}}</title></head><body><table>"
        "{{#rows}}<tr class=\"row{{#late}} row--late{{/late}}\"><td><a "
        "href=\"/ho-so/{{code}}\">{{code}}</a></td>"
        "<td>{{person}}</td><td>{{procedure}}</td><td>{{^late}}{{due}}{{/late}}{{#late}}{{late_by}}{{/"
        "late}}</td></tr>\n"
        "{{/rows}}</table></body></html>"
    );
    templates.link(words);
    boost::json::array rows;
    for (int i = 0; i < 36; ++i)
        rows.push_back({
            {"code", "51.28.H48-160701-0" + std::to_string(100 + i)},
            {"person", "Nguyễn Thị <Ước> & con"},
            {"procedure", "Đăng ký khai sinh, có yếu tố nước ngoài"},
            {"late", i % 3 == 0},
            {"due", "còn 3 ngày làm việc"},
            {"late_by", "quá hạn 2 ngày"},
        });
    const boost::json::value context = boost::json::object{{"name", "Lệ"}, {"rows", rows}};
    std::size_t size = 0;
    for (auto _ : state) {
        const auto page = templates.render("bench/page", Scopes({&context}), Language::vi);
        size = page.size();
        benchmark::DoNotOptimize(page.data());
    }
    state.counters["page_bytes"] = double(size);
}
BENCHMARK(a_page_of_36_rows);

}  // namespace
}  // namespace thien_an::text
