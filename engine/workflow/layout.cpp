#include "engine/workflow/layout.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>

#include "engine/base/xml.h"

namespace thien_an::workflow {
namespace {

constexpr double column_gap = 70;
constexpr double row_gap = 44;
constexpr double margin = 40;
constexpr double head = 30;  ///< Of a lane or pool.
constexpr double event_size = 36;
constexpr double channel_apart = 5;  ///< Between lines that share a gap.
constexpr int channels = 7;

bool is_container(const NodeModel& node) { return node.inner >= 0 && node.kind != NodeKind::call; }

/// Where a node stands in its scope.
struct Cell {
    int column = 0;
    int row = 0;
};

/// One scope: the process, or the inside of a subprocess.
class Plan {
public:
    Plan(const Model& model, int scope, Diagram& diagram) : model_(model), scope_(scope), diagram_(diagram) {}

    /// Draws at `x`, `y`; gives the size.
    Shape draw(double x, double y)
    {
        collect();
        find_columns();
        find_rows();
        measure(x, y);
        place();
        for (const auto& flow : model_.flows)
            if (in_scope(flow.source) && in_scope(flow.target)) route(flow);
        return {x, y, column_left_.back() - x, bottom_ - y};
    }
    /// Top and bottom of a lane, by its number in the model; they touch each other.
    std::pair<double, double> lane_span(int lane) const
    {
        const auto [first, last] = lane_rows_[std::size_t(lane)];
        const bool lowest = std::size_t(last) + 1 == row_top_.size();
        return {
            row_top_[std::size_t(first)] - row_gap, lowest ? bottom_ : row_top_[std::size_t(last)] - row_gap};
    }

private:
    bool in_scope(int node) const { return node >= 0 && model_.node(node).scope == scope_; }
    /// A boundary event stands with its activity.
    int stands_at(int node) const
    {
        const auto& n = model_.node(node);
        return n.kind == NodeKind::boundary && n.attached_to >= 0 ? n.attached_to : node;
    }
    void collect()
    {
        next_.resize(model_.nodes.size());
        cells_.resize(model_.nodes.size());
        lane_of_.assign(model_.nodes.size(), 0);
        for (std::size_t i = 0; i < model_.nodes.size(); ++i)
            if (in_scope(int(i)) && stands_at(int(i)) == int(i)) nodes_.push_back(int(i));
        for (const auto& flow : model_.flows) {
            if (!in_scope(flow.source) || !in_scope(flow.target)) continue;
            next_[std::size_t(stands_at(flow.source))].push_back(stands_at(flow.target));
        }
        if (scope_ != 0) return;
        for (std::size_t lane = 0; lane < model_.lanes.size(); ++lane)
            for (const int node : model_.lanes[lane].nodes) lane_of_[std::size_t(node)] = int(lane);
    }

    /// Column: the longest way from the start that does not lead back.
    void find_columns()
    {
        seen_.assign(model_.nodes.size(), Seen::no);
        for (const int node : nodes_)
            if (seen_[std::size_t(node)] == Seen::no) follow(node);
        for (auto node = order_.rbegin(); node != order_.rend(); ++node)
            for (const int to : next_[std::size_t(*node)])
                cells_[std::size_t(to)].column =
                    std::max(cells_[std::size_t(to)].column, cells_[std::size_t(*node)].column + 1);
        int last = 0;
        for (const int node : nodes_) last = std::max(last, cells_[std::size_t(node)].column);
        for (const int node :
             nodes_)  // What nothing leads to or from stands behind all, where no line passes.
            if (is_alone(node)) cells_[std::size_t(node)].column = last + 1;
    }
    bool is_alone(int node) const
    {
        const auto& n = model_.node(node);
        return n.ins == 0 && n.outs == 0 && n.boundaries.empty() && nodes_.size() > 1;
    }
    /// Notes what `node` leads to before itself; what leads back is forgotten.
    void follow(int node)
    {
        seen_[std::size_t(node)] = Seen::on_the_way;
        auto& out = next_[std::size_t(node)];
        std::erase_if(out, [&](int to) { return seen_[std::size_t(to)] == Seen::on_the_way; });
        for (std::size_t i = 0; i < out.size(); ++i)
            if (seen_[std::size_t(out[i])] == Seen::no) follow(out[i]);
        seen_[std::size_t(node)] = Seen::done;
        order_.push_back(node);
    }

    using Rows = std::vector<std::set<int>>;  ///< Columns taken, by row.
    static int free_row(const Rows& rows, int wished, int column)
    {
        const auto free = [&](int row) {
            return std::size_t(row) >= rows.size() || !rows[std::size_t(row)].contains(column);
        };
        int row = free(wished) ? wished : 0;
        while (!free(row)) ++row;
        return row;
    }

    /// Row: in its lane, that of who leads to it where there is room, else the first with room.
    void find_rows()
    {
        auto by_column = nodes_;
        std::stable_sort(by_column.begin(), by_column.end(), [&](int a, int b) {
            return cells_[std::size_t(a)].column < cells_[std::size_t(b)].column;
        });
        std::vector<Rows> taken(scope_ == 0 ? std::max<std::size_t>(model_.lanes.size(), 1) : 1);
        std::vector<int> wished(model_.nodes.size(), 0);
        for (const int node : by_column) {
            auto& cell = cells_[std::size_t(node)];
            auto& rows = taken[std::size_t(lane_of_[std::size_t(node)])];
            cell.row = free_row(rows, wished[std::size_t(node)], cell.column);
            rows.resize(std::max(rows.size(), std::size_t(cell.row) + 1));
            rows[std::size_t(cell.row)].insert(cell.column);
            for (const int to : next_[std::size_t(node)])
                if (lane_of_[std::size_t(to)] == lane_of_[std::size_t(node)])
                    wished[std::size_t(to)] = cell.row;
        }
        int before = 0;
        for (const auto& rows : taken) {
            const int count = std::max(1, int(rows.size()));
            lane_rows_.emplace_back(before, before + count);
            before += count;
        }
        for (const int node : nodes_)
            cells_[std::size_t(node)].row += lane_rows_[std::size_t(lane_of_[std::size_t(node)])].first;
    }

    /// Size of a node; containers are drawn aside first.
    Shape size_of(int node)
    {
        const auto& n = model_.node(node);
        switch (n.kind) {
        case NodeKind::start:
        case NodeKind::end:
        case NodeKind::catch_event:
        case NodeKind::throw_event:
        case NodeKind::boundary: return {0, 0, event_size, event_size};
        case NodeKind::exclusive:
        case NodeKind::parallel:
        case NodeKind::inclusive:
        case NodeKind::event_based: return {0, 0, 50, 50};
        default: break;
        }
        if (!is_container(n)) return {0, 0, 110, 64};
        Diagram aside;
        return Plan(model_, n.inner, aside).draw(0, 0);
    }

    void measure(double x, double y)
    {
        int columns = 1;
        for (const int node : nodes_) columns = std::max(columns, cells_[std::size_t(node)].column + 1);
        const auto rows = std::size_t(lane_rows_.back().second);
        std::vector<double> widths(std::size_t(columns), event_size);
        std::vector<double> heights(rows, 64);
        below_.assign(rows, 0);
        sizes_.resize(model_.nodes.size());
        for (const int node : nodes_) {
            const auto& cell = cells_[std::size_t(node)];
            const auto size = sizes_[std::size_t(node)] = size_of(node);
            auto& height = heights[std::size_t(cell.row)];
            auto& width = widths[std::size_t(cell.column)];
            height = std::max(height, size.height);
            width = std::max(width, size.width);
            if (!model_.node(node).boundaries.empty()) below_[std::size_t(cell.row)] = event_size / 2;
        }
        column_left_.push_back(x + margin);
        for (const double width : widths) column_left_.push_back(column_left_.back() + width + column_gap);
        row_top_.push_back(y + row_gap);
        for (std::size_t row = 0; row < rows; ++row)
            row_top_.push_back(row_top_.back() + heights[row] + below_[row] + row_gap);
        bottom_ = row_top_.back();
    }

    void place()
    {
        for (const int node : nodes_) {
            const auto column = std::size_t(cells_[std::size_t(node)].column);
            const auto row = std::size_t(cells_[std::size_t(node)].row);
            auto shape = sizes_[std::size_t(node)];
            const double width = column_left_[column + 1] - column_left_[column] - column_gap;
            const double height = row_top_[row + 1] - row_top_[row] - row_gap - below_[row];
            shape.x = column_left_[column] + (width - shape.width) / 2;
            shape.y = row_top_[row] + (height - shape.height) / 2;
            diagram_.shapes[model_.node(node).id] = shape;
            place_boundaries(model_.node(node), shape);
            if (is_container(model_.node(node)))
                Plan(model_, model_.node(node).inner, diagram_).draw(shape.x, shape.y);
        }
    }
    /// On the lower border, from the right.
    void place_boundaries(const NodeModel& node, const Shape& shape)
    {
        double right = shape.x + shape.width - 8;
        for (const int boundary : node.boundaries) {
            right -= event_size;
            diagram_.shapes[model_.node(boundary).id] = {
                std::max(right, shape.x), shape.y + shape.height - event_size / 2, event_size, event_size};
            right -= 8;
        }
    }

    /// Straight to the neighbour; else through the gaps between columns and rows, where nothing stands.
    void route(const FlowModel& flow)
    {
        const auto& from = diagram_.shapes[model_.node(flow.source).id];
        const auto& to = diagram_.shapes[model_.node(flow.target).id];
        const auto& source = cells_[std::size_t(stands_at(flow.source))];
        const auto& target = cells_[std::size_t(stands_at(flow.target))];
        const double shift = channel_apart * double(routed_++ % channels);
        const double out_x = column_left_[std::size_t(source.column) + 1] - column_gap + 12 + shift;
        const double in_x =
            target.column == source.column + 1 ? out_x : column_left_[std::size_t(target.column)] - 8 - shift;
        const double from_y = from.y + from.height / 2;
        const double to_y = to.y + to.height / 2;
        const double gap_y = row_top_[std::size_t(target.row)] - 6 - shift;
        auto& points = diagram_.edges[flow.id];
        if (model_.node(flow.source).kind == NodeKind::boundary) {
            const double x = from.x + from.width / 2;
            const double below = row_top_[std::size_t(source.row) + 1] - row_gap + 4 + shift;
            points = {{x, from.y + from.height}, {x, below}, {in_x, below}, {in_x, to_y}, {to.x, to_y}};
            return;
        }
        points = {{from.x + from.width, from_y}};
        const bool same_row = source.row == target.row && from_y == to_y;
        if (same_row && is_free(source, target)) {
            points.emplace_back(to.x, to_y);
            return;
        }
        points.emplace_back(out_x, from_y);
        if (in_x != out_x) {
            points.emplace_back(out_x, gap_y);
            points.emplace_back(in_x, gap_y);
        }
        points.emplace_back(in_x, to_y);
        points.emplace_back(to.x, to_y);
    }

    /// Nothing stands between two cells of a row.
    bool is_free(const Cell& source, const Cell& target) const
    {
        if (target.column <= source.column) return false;
        return std::none_of(nodes_.begin(), nodes_.end(), [&](int node) {
            const auto& cell = cells_[std::size_t(node)];
            return cell.row == source.row && cell.column > source.column && cell.column < target.column;
        });
    }

    enum class Seen { no, on_the_way, done };
    const Model& model_;
    int scope_;
    Diagram& diagram_;
    std::vector<int> nodes_;
    std::vector<std::vector<int>> next_;
    std::vector<Seen> seen_;
    std::vector<int> order_;  ///< Each after those it leads to.
    std::vector<Cell> cells_;
    std::vector<Shape> sizes_;
    std::vector<int> lane_of_;
    std::vector<std::pair<int, int>> lane_rows_;
    std::vector<double> column_left_;
    std::vector<double> row_top_;
    std::vector<double> below_;  ///< By row: room for boundary events.
    double bottom_ = 0;
    int routed_ = 0;
};

std::string shape_xml(const std::string& id, const Shape& s, std::string_view more)
{
    return fmt::format(
        "      <bpmndi:BPMNShape id=\"{0}_shape\" bpmnElement=\"{0}\"{1}><dc:Bounds x=\"{2:g}\" y=\"{3:g}\" "
        "width=\"{4:g}\" height=\"{5:g}\"/></bpmndi:BPMNShape>\n",
        xml::escaped(id),
        more,
        s.x,
        s.y,
        s.width,
        s.height
    );
}

}  // namespace

Diagram laid_out(const Model& model)
{
    Diagram diagram;
    const double left = (model.pool.empty() ? 0 : head) + (model.lanes.empty() ? 0 : head);
    Plan plan(model, 0, diagram);
    const auto size = plan.draw(left, 0);
    for (std::size_t i = 0; i < model.lanes.size(); ++i) {
        const auto [top, bottom] = plan.lane_span(int(i));
        diagram.shapes[model.lanes[i].id] = {left - head, top, size.width + head, bottom - top};
    }
    if (!model.pool.empty()) diagram.shapes[model.pool] = {0, 0, size.width + left, size.height};
    // Called processes of the file have no place on the plane: below.
    double below = size.height + margin;
    for (std::size_t i = 1; i < model.scopes.size(); ++i)
        if (!model.scopes[i].process.empty())
            below += Plan(model, int(i), diagram).draw(left, below).height + margin;
    return diagram;
}

std::string diagram_xml(const Model& model, const Diagram& diagram)
{
    const auto id = xml::escaped(model.id);
    auto out = fmt::format(
        "  <bpmndi:BPMNDiagram xmlns:bpmndi=\"http://www.omg.org/spec/BPMN/20100524/DI\" "
        "xmlns:dc=\"http://www.omg.org/spec/DD/20100524/DC\" "
        "xmlns:di=\"http://www.omg.org/spec/DD/20100524/DI\" "
        "id=\"{0}_diagram\">\n    <bpmndi:BPMNPlane id=\"{0}_plane\" bpmnElement=\"{0}\">\n",
        id
    );
    const auto shape = [&](const std::string& element, std::string_view more = "") {
        const auto found = diagram.shapes.find(element);
        if (found != diagram.shapes.end()) out += shape_xml(element, found->second, more);
    };
    if (!model.pool.empty()) shape(model.pool, " isHorizontal=\"true\"");
    for (const auto& lane : model.lanes) shape(lane.id, " isHorizontal=\"true\"");
    for (const auto& node : model.nodes)
        shape(
            node.id,
            is_container(node)                 ? " isExpanded=\"true\""
            : node.kind == NodeKind::exclusive ? " isMarkerVisible=\"true\""
                                               : ""
        );
    for (const auto& flow : model.flows) {
        const auto found = diagram.edges.find(flow.id);
        if (found == diagram.edges.end() || flow.link) continue;
        out +=
            fmt::format("      <bpmndi:BPMNEdge id=\"{0}_edge\" bpmnElement=\"{0}\">", xml::escaped(flow.id));
        for (const auto& [x, y] : found->second)
            out += fmt::format("<di:waypoint x=\"{:g}\" y=\"{:g}\"/>", x, y);
        out += "</bpmndi:BPMNEdge>\n";
    }
    return out + "    </bpmndi:BPMNPlane>\n  </bpmndi:BPMNDiagram>\n";
}

std::string with_diagram(std::string_view bpmn, const Model& model)
{
    const auto end = bpmn.rfind("</");
    return std::string(bpmn.substr(0, end)) + diagram_xml(model, laid_out(model)) +
           std::string(bpmn.substr(end));
}

}  // namespace thien_an::workflow
