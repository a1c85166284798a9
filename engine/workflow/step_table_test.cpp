#include "engine/workflow/step_table.h"

#include <doctest/doctest.h>

#include <filesystem>

#include "engine/base/json.h"
#include "engine/workflow/layout.h"
#include "engine/workflow/step_table_cells.h"
#include "engine/workflow/testing.h"

using namespace thien_an;
using namespace thien_an::workflow;
using namespace thien_an::workflow::testing;

namespace {

/// The words of the catalogue, as the program has them.
TableWords words(const std::string& language = "vi")
{
    const auto catalogue = json::parse(file_text("engine/workflow/words." + language + ".json")).value();
    return {
        .say = [catalogue](std::string_view key) { return json::string_or(catalogue, key); },
        .posts =
            {{"one_stop_officer", "Công chức một cửa", "One-stop officer"},
             {"specialist", "Chuyên viên", "Specialist"},
             {"director", "Giám đốc Sở", "Director"},
             {"deputy_director", "Phó Giám đốc Sở", "Deputy director"},
             {"clerk", "Văn thư", "Clerk"}},
        .english = language == "en"};
}

/// As csv_of writes it.
const std::string licence =
    "\xEF\xBB\xBF"
    "Quy trình,Cấp giấy phép,,,,,,,\r\n"
    "Mã,licence,,,,,,,\r\n"
    "Thời hạn giải quyết,5 ngày,,,,,,,\r\n"
    "Bước,Nội dung công việc,Đơn vị/Người thực hiện,Thời gian,Kết quả/Chuyển bước,Biểu mẫu,Hành động,Ghi "
    "chú,Tên tiếng Anh\r\n"
    "1,Tiếp nhận hồ sơ,Công chức một cửa,4 giờ,\"đủ → 2; thiếu → kết thúc (cần lý do)\",,,Kiểm tra thành "
    "phần,Receive\r\n"
    "2,Thẩm định,Chuyên viên,\"2,5 ngày\",\"đạt → 3; không đạt → 6 (cần lý do)\",check,,,\r\n"
    "3,Ký duyệt,\"Giám đốc Sở, Phó Giám đốc Sở\",1 ngày,\"đồng ý → 4; trả lại → 2 (cần lý do); ← 1\",,,,\r\n"
    "4,Lấy số,,,,,\"registers.enter(register: \"\"licences\"\", paid: dossier.paid)\",,\r\n"
    "5,Đóng dấu,Văn thư,30 phút,→ 7,,,,\r\n"
    "6,Thông báo từ chối,,,→ kết thúc,,documents.sign [outbox],,\r\n"
    "7,Nộp phí?,,,\"khi dossier.fee > 0 → 8; khác → 9\",,,,\r\n"
    "8,Chờ nộp phí,,,,,wait(paid),,\r\n"
    "9,Trả kết quả,Công chức một cửa,2 giờ,,,,,\r\n";

/// Without the padding of rows, which the writer leaves away.
std::string unpadded(std::string csv)
{
    for (auto at = csv.find(",\r\n"); at != std::string::npos; at = csv.find(",\r\n")) csv.erase(at, 1);
    return csv;
}

StepTable table_of_text(const std::string& csv)
{
    const auto read = read_step_table(csv, "t.csv", words());
    for (const auto& f : read.findings) MESSAGE(text_of(f));
    REQUIRE(read.good());
    return read.table;
}

std::string bpmn(const StepTable& table)
{
    const auto made = bpmn_of(table, "t.csv", words());
    for (const auto& f : made.findings) MESSAGE(text_of(f));
    REQUIRE(!made.xml.empty());
    return made.xml;
}

std::shared_ptr<const Process> process_of(const std::string& xml)
{
    const auto loaded = Process::load(xml, "t.bpmn", vocabulary());
    for (const auto& f : loaded.findings) MESSAGE(text_of(f));
    REQUIRE(loaded.process);
    return loaded.process;
}

/// "CODE@ROW" of each finding, with spaces.
std::string faults_of(const std::vector<Finding>& findings)
{
    std::string out;
    for (const auto& f : findings)
        out += (out.empty() ? "" : " ") + f.problem.code + "@" + std::to_string(f.line);
    return out;
}

std::string read_faults(const std::string& csv)
{
    return faults_of(read_step_table(csv, "t.csv", words()).findings);
}
std::string made_faults(const std::string& csv)
{
    return faults_of(bpmn_of(table_of_text(csv), "t.csv", words()).findings);
}

bool overlap(const Shape& a, const Shape& b)
{
    return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

/// Pairs of nodes of one scope that overlap; a boundary event may lie on its activity.
int overlaps(const Model& model, const Diagram& diagram)
{
    int count = 0;
    for (std::size_t i = 0; i < model.nodes.size(); ++i)
        for (std::size_t j = i + 1; j < model.nodes.size(); ++j) {
            const auto& a = model.nodes[i];
            const auto& b = model.nodes[j];
            if (a.scope != b.scope || a.kind == NodeKind::boundary || b.kind == NodeKind::boundary) continue;
            count += overlap(diagram.shapes.at(a.id), diagram.shapes.at(b.id));
        }
    return count;
}

/// Edges that run through a node that is not theirs.
std::string crossings(const Model& model, const Diagram& diagram)
{
    std::string out;
    for (const auto& flow : model.flows) {
        const auto& points = diagram.edges.at(flow.id);
        for (std::size_t i = 1; i < points.size(); ++i) {
            const auto [x1, x2] = std::minmax(points[i - 1].first, points[i].first);
            const auto [y1, y2] = std::minmax(points[i - 1].second, points[i].second);
            const Shape line{x1, y1, std::max(x2 - x1, 0.1), std::max(y2 - y1, 0.1)};
            for (std::size_t n = 0; n < model.nodes.size(); ++n) {
                const auto& node = model.nodes[n];
                const bool own = int(n) == flow.source || int(n) == flow.target ||
                                 int(n) == model.node(flow.source).attached_to ||
                                 node.scope != model.node(flow.source).scope;
                if (!own && overlap(line, diagram.shapes.at(node.id)))
                    out += flow.id + " through " + node.id + "; ";
            }
        }
    }
    return out;
}

}  // namespace

TEST_CASE("a table becomes a process that is proved, with lanes and a diagram without overlaps")
{
    const auto process = process_of(bpmn(table_of_text(licence)));
    const auto& model = process->model();
    CHECK(model.id == "licence");
    CHECK(model.name == "Cấp giấy phép");
    CHECK(text_of(*model.budget) == "P5WD");
    CHECK(model.lanes.size() == 4);
    CHECK(
        model.node(model.index_of("step_3")).candidates.text() ==
        "concatenate(posts.director, posts.deputy_director)"
    );
    CHECK(text_of(*model.node(model.index_of("step_2")).budget) == "P2.5WD");
    CHECK(model.node(model.index_of("step_3")).returns == std::vector<std::string>{"step_1"});
    CHECK(model.diagram.shapes.size() == model.nodes.size() + model.lanes.size());
    CHECK(model.diagram.edges.size() == model.flows.size());
    CHECK(overlaps(model, model.diagram) == 0);
    CHECK(crossings(model, model.diagram) == "");
    for (const auto& lane : model.lanes)
        for (const int node : lane.nodes)
            CHECK(overlap(model.diagram.shapes.at(lane.id), model.diagram.shapes.at(model.node(node).id)));
}

TEST_CASE("a process made from a table runs as the table says")
{
    const auto process = process_of(bpmn(table_of_text(licence)));
    Player player(process->model());
    player.names = {{"dossier", {{"fee", 5}, {"paid", true}}}};
    REQUIRE(player.give(StartCommand{}));
    REQUIRE(player.complete("step_1", "du"));
    REQUIRE(player.complete("step_2", "dat"));
    REQUIRE(player.complete("step_3", "tra_lai"));
    REQUIRE(player.complete("step_2", "dat"));
    REQUIRE(player.complete("step_3", "dong_y"));
    CHECK(player.waiting() == "step_5");
    REQUIRE(player.complete("step_5"));
    CHECK(player.waiting() == "step_8");
    REQUIRE(player.message("paid"));
    REQUIRE(player.complete("step_9"));
    CHECK(player.state.ended);
    CHECK(player.incidents.empty());
}

TEST_CASE("a table comes back from its process as it was, byte for byte, in both languages")
{
    const auto table = table_of_text(licence);
    const auto back = step_table_of(bpmn(table), "t.bpmn", vocabulary());
    CHECK(faults_of(back.findings).empty());
    CHECK(unpadded(csv_of(back.table, words())) == unpadded(licence));
    const auto english = read_step_table(csv_of(back.table, words("en")), "t.csv", words("en"));
    CHECK(faults_of(english.findings).empty());
    CHECK(unpadded(csv_of(english.table, words())) == unpadded(licence));
    CHECK(bpmn(english.table) == bpmn(table));
}

TEST_CASE("a table may be headed and parted as spreadsheets and decisions do it")
{
    const auto table = table_of_text(
        "QUY TRÌNH NỘI BỘ\nSTT;Tên bước;Trách nhiệm;Thời hạn;Kết quả\n"
        "1;Tiếp nhận;one_stop_officer;P2WD;\n2;Giải quyết;Chuyên viên;0,5 ngày làm việc;xong -> kết "
        "thúc\n;Tổng cộng;;2,5 ngày;\n"
    );
    REQUIRE(table.steps.size() == 2);
    CHECK(table.steps[0].posts == std::vector<std::string>{"one_stop_officer"});
    CHECK(text_of(*table.steps[1].budget) == "P0.5WD");
    CHECK(table.steps[1].ways.front().name == "xong");
    process_of(bpmn(table));
}

TEST_CASE("times are read as decisions write them")
{
    const auto read = [](const char* text) {
        const auto budget = budget_in_cell(text);
        return budget ? text_of(*budget) : "";
    };
    CHECK(read("0,5 ngày") == "P0.5WD");
    CHECK(read("02 ngày làm việc") == "P2WD");
    CHECK(read("1.5 days") == "P1.5WD");
    CHECK(read("4 giờ") == "PT4WH");
    CHECK(read("1,5 giờ làm việc") == "PT90WM");
    CHECK(read("30 phút") == "PT30WM");
    CHECK(read("10 ngày lịch") == "P10D");
    CHECK(read("PT4WH") == "PT4WH");
    for (const char* bad :
         {"", "sớm", "0,3 ngày", "ngày", "-1 ngày", "1,5 ngày lịch", "99999999 ngày", "1 tuần"})
        CHECK(read(bad).empty());
}

TEST_CASE("mistakes in a table are told with row and column")
{
    const std::string head = "Bước;Nội dung công việc;Người thực hiện;Thời gian;Kết quả;Hành động\n";
    CHECK(read_faults("a;b\nc;d\n") == "table.no_headings@2");
    CHECK(read_faults(head) == "table.no_steps@1");
    CHECK(read_faults(head + "1;Làm;Chuyên viên;sớm;;\n") == "table.bad_time@2");
    CHECK(read_faults(head + "1;Làm;Ông Tư;;;\n") == "table.unknown_post@2");
    CHECK(read_faults(head + "1;Làm;Chuyên viên;;->;\n") == "table.bad_way@2");
    CHECK(read_faults(head + "1;Làm;;;;làm gì đó\n") == "table.bad_action@2");
    CHECK(read_faults(head + "1;Làm;Chuyên viên;;đồng ý (một phần -> 1;\n") == "table.bad_way@2");
    CHECK(read_faults(head + ";Làm;;;;\n") == "table.no_step_id@2 table.no_steps@2");
    CHECK(
        read_faults("Bước;Nội dung;Kết quả;Lạ;Bước\n1;a;;;\n") ==
        "table.unknown_column@1 table.column_twice@1"
    );
    CHECK(read_faults("Bước;Thời gian\n1;\n").starts_with("table.no_column@1 table.no_column@1"));
    CHECK(made_faults(head + "1;Làm;Chuyên viên;;xong -> 9;\n") == "table.no_such_step@2");
    CHECK(made_faults(head + "1;Làm;Chuyên viên;;;registers.enter\n") == "table.two_doers@2");
    CHECK(made_faults(head + "1;Làm;;;;\n") == "table.no_doer@2");
    CHECK(made_faults(head + "1;a;Chuyên viên;;;\n1;b;Chuyên viên;;;\n").starts_with("table.step_twice@3"));
    CHECK(made_faults(head + "1;a;Chuyên viên;;\"-> 1; -> 2\";\n2;b;Chuyên viên;;;\n").starts_with("table."));
    CHECK(made_faults(head + "bước một;a;Chuyên viên;;;\n") == "table.bad_step_id@2");
}

TEST_CASE("what the proof finds in a table's process is told with the row")
{
    const std::string head = "Bước;Nội dung công việc;Người thực hiện;Kết quả\n";
    // Nobody comes to step 3; from 2 nothing leads on but back.
    const auto dead = made_faults(
        head + "1;a;Chuyên viên;-> 2\n2;b;Chuyên viên;-> kết thúc\n3;c;Chuyên viên;-> kết thúc\n"
    );
    CHECK(dead.find("@4") != std::string::npos);
    CHECK(made_faults(head + "1;a;Chuyên viên;-> 2\n2;b;Chuyên viên;-> 1\n") == "table.no_end@3");
    CHECK(
        made_faults(
            head + "1;a;Chuyên viên;\"x -> 2; y -> kết thúc\"\n2;b;Chuyên viên;-> 3\n3;c;Chuyên viên;-> 2\n"
        )
            .find("bpmn.livelock@") == 0
    );
    CHECK(made_faults(head + "1;a;;khi là lá la -> kết thúc\n").find("feel.") != std::string::npos);
}

TEST_CASE("what a table cannot say is refused with the element")
{
    const auto said = [](const std::string& body) {
        std::string out;
        for (const auto& f : step_table_of(model_text(body), "p.bpmn", vocabulary()).findings)
            out += (out.empty() ? "" : " ") + f.problem.code + "@" + f.element;
        return out;
    };
    const std::string user =
        "<userTask id=\"t\"><extensionElements><ta:candidates>posts.clerk</ta:candidates>";
    const std::string ends = "<startEvent id=\"a\"/><endEvent id=\"z\"/>";
    CHECK(said(ends + user + "</extensionElements></userTask>" + flow("a", "t") + flow("t", "z")).empty());
    CHECK(
        said(
            ends + user + "<ta:set name=\"n\">1</ta:set></extensionElements></userTask>" + flow("a", "t") +
            flow("t", "z")
        ) == "table.part_not_sayable@t"
    );
    CHECK(
        said(
            ends + user + "<ta:label vi=\"x\" en=\"x\"/></extensionElements></userTask>" + flow("a", "t") +
            flow("t", "z")
        ) == "table.left_out@t"
    );
    CHECK(
        said(
            ends + user + "</extensionElements></userTask><boundaryEvent id=\"b\" attachedToRef=\"t\">" +
            timer("P1WD") + "</boundaryEvent>" + flow("a", "t") + flow("t", "z") + flow("b", "z")
        ) == "table.not_sayable@b"
    );
    CHECK(
        said(
            ends + "<parallelGateway id=\"f\"/><parallelGateway id=\"j\"/>" + user +
            "</extensionElements></userTask>" +
            "<userTask "
            "id=\"u\"><extensionElements><ta:candidates>posts.clerk</ta:candidates></extensionElements></"
            "userTask>" +
            flow("a", "f") + flow("f", "t") + flow("f", "u") + flow("t", "j") + flow("u", "j") +
            flow("j", "z")
        ) == "table.not_sayable@f table.not_sayable@j"
    );
}

TEST_CASE("the print form has the steps, their times and the sum")
{
    const auto html = html_of(table_of_text(licence), words(), {"Lưu ý <1>"});
    CHECK(html.find("<caption>Cấp giấy phép</caption>") != std::string::npos);
    CHECK(html.find("<th scope=\"col\">STT</th>") != std::string::npos);
    CHECK(html.find("<td>Giám đốc Sở, Phó Giám đốc Sở</td>") != std::string::npos);
    CHECK(html.find("<td>Hệ thống</td>") != std::string::npos);
    CHECK(html.find("<td>4</td><td>Lấy số</td>") != std::string::npos);
    CHECK(html.find("<td>3,5 ngày, 6,5 giờ</td>") != std::string::npos);
    CHECK(html.find("Thời hạn giải quyết: 5 ngày") != std::string::npos);
    CHECK(html.find("Lưu ý &lt;1&gt;") != std::string::npos);
}

TEST_CASE("every shipped process can be laid out, and as a table says what it cannot")
{
    int whole = 0;
    int all = 0;
    for (const auto& entry : std::filesystem::recursive_directory_iterator("systems")) {
        if (entry.path().extension() != ".bpmn") continue;
        const auto text = file_text(entry.path());
        const auto process = process_of(text);
        const auto diagram = laid_out(process->model());
        CHECK(overlaps(process->model(), diagram) == 0);
        CHECK(crossings(process->model(), diagram) == "");
        CHECK(diagram.edges.size() == process->model().flows.size());
        const auto read = step_table_of(text, entry.path().string(), vocabulary());
        ++all;
        whole += read.good();
        CHECK(!read.table.steps.empty());
        for (const auto& f : read.findings)
            if (f.severity == Finding::Severity::error) MESSAGE(text_of(f));
    }
    MESSAGE(whole << " of " << all << " shipped processes are tables");
}
