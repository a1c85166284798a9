#include <benchmark/benchmark.h>

#include "engine/crypto/demo_authority.h"
#include "engine/documents/pades.h"
#include "engine/documents/pdf_verify.h"

/// What one paper costs: drawing, signing, verifying.
namespace thien_an::documents {
namespace {

constexpr const char* xml = R"(<paper xmlns="urn:thien-an:paper:1" title="Giấy xác nhận"><page>
    <paragraph style="number">Số: <field name="number" width="20"/></paragraph>
    <paragraph style="type" before="20">Giấy xác nhận</paragraph>
    <paragraph style="form_line" each="lines" as="line">{{line.name|upper}}: {{line.value}}</paragraph>
    <qr value="https://dichvucong.example/xac-minh/7KQDM2XV9RTB" size="28"/>
    <signature-place name="leader" align="center"/><seal-place name="agency" over="leader"/></page></paper>)";

DrawRequest request()
{
    json::array lines;
    for (int i = 0; i < 20; ++i) {
        lines.push_back(json::object{
            {"name", "Họ, chữ đệm, tên"}, {"value", "Nguyễn Thị Trà Giang, xã Ba Tô"}});
    }
    return {.values = json::object{{"lines", std::move(lines)}}};
}

struct Office {
    std::filesystem::path folder = std::filesystem::temp_directory_path() / "thien_an_paper_bench";
    crypto::KeyRing ring = [this] {
        std::filesystem::remove_all(folder);
        return crypto::KeyRing::create({folder / "keys", folder / "data"}, Instant{}).value().ring;
    }();
    crypto::DemoAuthority authority = crypto::DemoAuthority::create(ring, "Quảng Ngãi");
    std::unique_ptr<crypto::Signer> signer =
        crypto::server_signer(ring, authority.issue(ring, {"Trần Văn An", "UBND xã", "Chủ tịch"})).value();
    DrawnPaper drawn = draw(Paper::read(xml, "x").value(), request()).value();
    Bytes empty = with_fields(drawn.pdf, drawn.places).value();
    Bytes done = sign_pdf(empty, {.field = "leader", .at = Instant{}, .name = "An"}, *signer).value();
};
const Office& office()
{
    static const Office one;
    return one;
}

void draw_paper(benchmark::State& state)
{
    const auto paper = Paper::read(xml, "x").value();
    const auto asked = request();
    for (auto _ : state) benchmark::DoNotOptimize(draw(paper, asked).value().pdf.size());
}
BENCHMARK(draw_paper)->Unit(benchmark::kMillisecond);

void sign_paper(benchmark::State& state)
{
    for (auto _ : state) {
        const auto pdf =
            sign_pdf(office().empty, {.field = "leader", .at = Instant{}, .name = "An"}, *office().signer);
        benchmark::DoNotOptimize(pdf.value().size());
    }
}
BENCHMARK(sign_paper)->Unit(benchmark::kMillisecond);

void verify_paper(benchmark::State& state)
{
    const auto at = parse_instant("2016-07-01T08:00:00+07:00").value();
    for (auto _ : state) {
        if (!verify_pdf(office().done, office().authority.trust(), at).valid())
            state.SkipWithError("not valid");
    }
}
BENCHMARK(verify_paper)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace thien_an::documents
