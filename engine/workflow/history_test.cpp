#include "engine/workflow/testing_engine.h"

using namespace thien_an;
using namespace thien_an::workflow;
using namespace thien_an::workflow::testing;

namespace {

/// A task with a choice, a task without; the first is shown to the public.
std::string choice_then_task()
{
    const auto task = [](const std::string& id, const std::string& more) {
        return "<userTask id=\"" + id + "\"><extensionElements><ta:candidates>posts.desk</ta:candidates>" +
               more + "</extensionElements></userTask>";
    };
    return "<startEvent id=\"s1\"/>" +
           task(
               "a",
               "<ta:label vi=\"Đang xem\" en=\"Being looked at\"/><ta:outcome name=\"ok\" vi=\"Được\" "
               "en=\"Yes\"/>"
           ) +
           task("b", "") + "<endEvent id=\"z\"/>" + flow("s1", "a") + flow("a", "b") + flow("b", "z");
}

std::vector<HistoryRow> lines_of(House& house, InstanceId id, int limit = 500)
{
    return house.db->read([&](storage::Reader& r) { return history(r, id, limit); });
}

/// "command:what@node detail" of each.
std::string told(const std::vector<HistoryRow>& lines)
{
    std::string out;
    for (const auto& line : lines) {
        auto detail = line.detail;
        if (detail.as_object().contains("task")) detail.as_object()["task"] = 0;
        out += std::to_string(line.seq) + " " + line.command + ":" + line.what + "@" + line.node + " " +
               json::text_of(detail) + "\n";
    }
    return out;
}

}  // namespace

TEST_DATABASES("history is given back line by line, though a command has one row")
{
    House house(databases, choice_then_task());
    const auto started = house.start();
    const auto next = house.complete(started.opened[0].id, officer(1, 11), "ok", "vì \"đủ\"").value();
    REQUIRE(house.complete(next.opened[0].id, officer(2, 12)));
    const auto lines = lines_of(house, started.instance.id);
    CHECK(
        told(lines) ==
        "1 start:entered@s1 {}\n2 start:entered@a {}\n3 start:task_opened@a {\"task\":0}\n"
        "4 complete:task_completed@a {\"task\":0,\"outcome\":\"ok\",\"reason\":\"vì \\\"đủ\\\"\"}\n"
        "5 complete:entered@b {}\n6 complete:task_opened@b {\"task\":0}\n"
        "7 complete:task_completed@b {\"task\":0,\"outcome\":\"done\"}\n"
        "8 complete:entered@z {}\n9 complete:ended@ {\"error\":\"\"}\n"
    );
    CHECK(json::integer_or(lines[2].detail, "task") == started.opened[0].id.value);
    CHECK(lines[3].label_vi == "Đang xem");
    CHECK(lines[3].label_en == "Being looked at");
    CHECK(lines[4].label_vi.empty());
    CHECK(lines[6].party == identity::PartyId{2});
    CHECK(lines_of(house, started.instance.id, 4).size() == 4);
}

TEST_DATABASES("a line with a row of its own, as they were before, is read among the others")
{
    House house(databases, choice_then_task());
    const auto started = house.start();
    house
        .write([&](storage::Writer& w) -> Result<Done> {
            w.execute(
                R"sql(
                INSERT INTO process_history (instance, seq, at, command, what, node, label_vi, label_en, party, post, detail)
                VALUES (?1, 4, 0, 'timer', 'rung', 'a', 'Nhãn cũ', 'Old', 7, 0, '{"rung":"80%"}'))sql",
                started.instance.id
            );
            return Done{};
        })
        .value();
    REQUIRE(house.complete(started.opened[0].id, officer(1, 11), "ok"));
    const auto lines = lines_of(house, started.instance.id);
    REQUIRE(lines.size() == 7);
    CHECK(told({lines[3]}) == "4 timer:rung@a {\"rung\":\"80%\"}\n");
    CHECK(lines[3].label_vi == "Nhãn cũ");
    CHECK(told({lines[4]}) == "5 complete:task_completed@a {\"task\":0,\"outcome\":\"ok\"}\n");
    CHECK(house.replayed(started.instance.id).empty());
}

TEST_DATABASES(
    "an instance that has ended still tells its path, its variables and who might have done its tasks"
)
{
    House house(databases, choice_then_task());
    const auto play = [&] {
        const auto started = house.start({{"n", 5}});
        const auto next = house.complete(started.opened[0].id, officer(1, 11), "ok").value();
        REQUIRE(house.complete(next.opened[0].id, officer(2, 12)));
        return started;
    };
    static_cast<void>(play());
    const auto started = play();
    house.db->read([&](storage::Reader& r) {
        const auto at = whereabouts(r, started.instance.id);
        CHECK(at.here.empty());
        CHECK(at.done == std::vector<std::string>{"s1", "a", "b", "z"});
        CHECK(at.flows == std::vector<std::string>{"s1_a", "a_b", "b_z"});
        CHECK(variables_of(r, started.instance.id) == json::object{{"n", 5}});
        const auto task = find_task(r, started.opened[0].id).value();
        CHECK(task.candidates == std::vector<PostId>{PostId{11}, PostId{12}});
    });
}
