#include "engine/workflow/picture.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "engine/base/vietnamese.h"
#include "engine/base/xml.h"
#include "engine/workflow/model.h"

namespace thien_an::workflow {
namespace {

/// Outline of an event's marker around its middle; empty: none.
std::string_view event_glyph(const NodeModel& node)
{
    if (node.events.size() > 1) return node.all_events ? "M-7 0h14M0-7v14" : "M0-7l7 5-3 8h-8l-3-8z";
    switch (node.event()) {
    case EventKind::message: return "M-7-5h14v10h-14zl7 6 7-6";
    case EventKind::timer: return "M0 0v-7m0 7h5";
    case EventKind::signal: return "M0-7l7 11h-14z";
    case EventKind::conditional: return "M-5-7h10v14h-10zm2 4h6m-6 3h6m-6 3h6";
    case EventKind::link: return "M-7-3h7v-4l7 7-7 7v-4h-7z";
    case EventKind::error: return "M-7 6l4-11 5 6 5-8-4 11-5-6z";
    case EventKind::escalation: return "M0-7l6 13-6-6-6 6z";
    case EventKind::cancel: return "M-6-6l12 12m0-12l-12 12";
    case EventKind::compensation: return "M0-5v10l-7-5zm7 0v10l-7-5z";
    case EventKind::terminate: return "M-6 0a6 6 0 1 0 12 0a6 6 0 1 0-12 0";
    case EventKind::none: break;
    }
    return "";
}

constexpr double letter_width = 7.2;  ///< Of the 13 px type, on average.
constexpr double line_height = 16;
constexpr double margin = 8;

std::string number(double v)
{
    auto text = fmt::format("{:.1f}", v);
    if (text.ends_with(".0")) text.resize(text.size() - 2);
    return text;
}

/// Words in lines of at most `letters_max` letters; what is left after `lines_max` lines ends in an ellipsis.
std::vector<std::string> wrapped(const std::string& text, std::size_t letters_max, std::size_t lines_max)
{
    std::vector<std::string> lines;
    std::string word;
    const auto flush = [&] {
        if (word.empty()) return;
        const bool fits = !lines.empty() && letters(lines.back()) + 1 + letters(word) <= letters_max;
        if (fits)
            lines.back() += " " + word;
        else
            lines.push_back(word);
        word.clear();
    };
    for (const char c : text) {
        if (c == ' ' || c == '\n')
            flush();
        else
            word += c;
    }
    flush();
    if (lines.size() > lines_max) {
        lines.resize(lines_max);
        lines.back() += "…";
    }
    return lines;
}

/// The name of a process, lane, node or flow in the reader's language.
template <class Element>
const std::string& said(const Element& element, bool english)
{
    return english && !element.name_en.empty() ? element.name_en : element.name;
}

class Painter {
public:
    Painter(const Model& model, const Whereabouts& at, bool english)
        : model_(model), at_(at), english_(english), diagram_(model.diagram)
    {
    }

    std::string draw(const std::string& title, const std::string& description, const std::string& id)
    {
        bounds();
        shift();
        out_ = fmt::format(
            "<svg class=\"bpmn\" viewBox=\"0 0 {} {}\" role=\"img\" aria-labelledby=\"{}-t {}-d\"><title "
            "id=\"{}-t\">{}</title><desc id=\"{}-d\">{}</desc>",
            number(right_ - left_ + 2 * margin),
            number(bottom_ - top_ + 2 * margin),
            id,
            id,
            id,
            xml::escaped(title),
            id,
            xml::escaped(description)
        );
        if (const auto* pool = shape(model_.pool)) lane(*pool, said(model_, english_), 30);
        for (const auto& one : model_.lanes)
            if (const auto* s = shape(one.id)) lane(*s, said(one, english_), 30);
        // Containers below, so that the flows within them are seen.
        for (const auto& node : model_.nodes)
            if (node.inner >= 0) paint(node);
        for (const auto& flow : model_.flows) edge(flow);
        for (const auto& node : model_.nodes)
            if (node.inner < 0) paint(node);
        return out_ + "</svg>";
    }

private:
    const Shape* shape(const std::string& id) const
    {
        const auto found = diagram_.shapes.find(id);
        return found == diagram_.shapes.end() ? nullptr : &found->second;
    }

    void bounds()
    {
        left_ = top_ = 1e9;
        right_ = bottom_ = -1e9;
        const auto take = [&](double x, double y) {
            left_ = std::min(left_, x);
            right_ = std::max(right_, x);
            top_ = std::min(top_, y);
            bottom_ = std::max(bottom_, y);
        };
        for (const auto& [id, s] : diagram_.shapes) {
            take(s.x, s.y);
            take(s.x + s.width, s.y + s.height);
        }
        for (const auto& [id, points] : diagram_.edges)
            for (const auto& [x, y] : points) take(x, y);
    }

    /// Moves the drawing so that it begins at 0, 0: files of other tools start anywhere.
    void shift()
    {
        const double dx = margin - left_;
        const double dy = margin - top_;
        for (auto& [id, s] : diagram_.shapes) {
            s.x += dx;
            s.y += dy;
        }
        for (auto& [id, points] : diagram_.edges)
            for (auto& [x, y] : points) {
                x += dx;
                y += dy;
            }
    }

    const char* state_of(const NodeModel& node) const
    {
        const auto in = [&](const std::vector<std::string>& list) {
            return std::find(list.begin(), list.end(), node.id) != list.end();
        };
        return in(at_.here) ? "here" : in(at_.done) ? "done" : "todo";
    }

    void lane(const Shape& s, const std::string& name, double head)
    {
        out_ += fmt::format(
            "<rect class=\"pool\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"/><rect class=\"poolhead\" "
            "x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"/>",
            number(s.x),
            number(s.y),
            number(s.width),
            number(s.height),
            number(s.x),
            number(s.y),
            number(head),
            number(s.height)
        );
        const auto lines = wrapped(name, std::size_t(std::max(4.0, s.height / letter_width)), 2);
        out_ += fmt::format(
            "<text class=\"lane-name\" transform=\"translate({} {}) rotate(-90)\" text-anchor=\"middle\">",
            number(s.x + (lines.size() > 1 ? 12 : 19)),
            number(s.y + s.height / 2)
        );
        for (std::size_t i = 0; i < lines.size(); ++i)
            out_ += i == 0 ? xml::escaped(lines[i])
                           : fmt::format("<tspan x=\"0\" dy=\"13\">{}</tspan>", xml::escaped(lines[i]));
        out_ += "</text>";
    }

    void edge(const FlowModel& flow)
    {
        const auto found = diagram_.edges.find(flow.id);
        if (found == diagram_.edges.end() || found->second.size() < 2) return;
        const auto& points = found->second;
        const bool walked = std::find(at_.flows.begin(), at_.flows.end(), flow.id) != at_.flows.end();
        const char* mark = walked ? " walked" : "";
        std::string path;
        for (const auto& [x, y] : points) path += (path.empty() ? "M" : "L") + number(x) + " " + number(y);
        const auto& [x1, y1] = points[points.size() - 2];
        const auto& [x2, y2] = points.back();
        const double angle = std::atan2(y2 - y1, x2 - x1) * 180 / 3.14159265358979;
        out_ += fmt::format(
            "<path class=\"flow{}\" d=\"{}\"/><path class=\"tip{}\" transform=\"translate({} {}) "
            "rotate({})\" d=\"M0 0-10-4.5V4.5z\"/>",
            mark,
            path,
            mark,
            number(x2),
            number(y2),
            number(angle)
        );
        if (!flow.name.empty()) flow_label(said(flow, english_), points[0], points[1]);
    }

    /// Beside where the flow begins, on the side it runs to.
    void flow_label(const std::string& name, std::pair<double, double> from, std::pair<double, double> to)
    {
        const bool down = to.second > from.second + 1;
        const bool up = to.second < from.second - 1;
        const double y = down ? from.second + 16 : up ? from.second - 8 : from.second - 6;
        out_ += fmt::format(
            "<text class=\"lbl\" x=\"{}\" y=\"{}\">{}</text>",
            number(from.first + 6),
            number(y),
            xml::escaped(name)
        );
    }

    void paint(const NodeModel& node)
    {
        const auto* s = shape(node.id);
        if (s == nullptr) return;
        const char* state = state_of(node);
        out_ += fmt::format("<g class=\"{}\">", state);
        switch (node.kind) {
        case NodeKind::start:
        case NodeKind::end:
        case NodeKind::catch_event:
        case NodeKind::throw_event:
        case NodeKind::boundary: event(node, *s); break;
        case NodeKind::exclusive:
        case NodeKind::parallel:
        case NodeKind::inclusive:
        case NodeKind::event_based: gateway(node, *s); break;
        default: activity(node, *s, state);
        }
        out_ += "</g>";
    }

    void event(const NodeModel& node, const Shape& s)
    {
        const double x = s.x + s.width / 2;
        const double y = s.y + s.height / 2;
        out_ += fmt::format(
            "<circle class=\"shape{}\" cx=\"{}\" cy=\"{}\" r=\"{}\"/>",
            node.kind == NodeKind::end ? " thick" : "",
            number(x),
            number(y),
            number(s.width / 2 - 2)
        );
        if (const auto glyph = event_glyph(node); !glyph.empty())
            out_ += fmt::format(
                "<path class=\"glyph\" transform=\"translate({} {})\" d=\"{}\"/>", number(x), number(y), glyph
            );
    }

    void gateway(const NodeModel& node, const Shape& s)
    {
        const double half = s.width / 2;
        const double x = s.x + half;
        const double y = s.y + half;
        out_ += fmt::format(
            "<path class=\"shape\" d=\"m{} {} {} {}-{} {}-{}-{}z\"/>",
            number(x),
            number(s.y),
            number(half),
            number(half),
            number(half),
            number(half),
            number(half),
            number(half)
        );
        if (node.kind == NodeKind::parallel)
            out_ += fmt::format("<path class=\"glyph\" d=\"m{} {}v16m-8-8h16\"/>", number(x), number(y - 8));
        else
            out_ += fmt::format(
                "<path class=\"glyph\" d=\"m{} {} 12 12m0-12-12 12\"/>", number(x - 6), number(y - 6)
            );
        // Below to the left: flows leave to the right, up and down.
        if (!node.name.empty())
            out_ += fmt::format(
                "<text class=\"lbl\" x=\"{}\" y=\"{}\" text-anchor=\"end\">{}</text>",
                number(x - 4),
                number(s.y + 2 * half + 6),
                xml::escaped(said(node, english_))
            );
    }

    void activity(const NodeModel& node, const Shape& s, std::string_view state)
    {
        if (state == "here")
            out_ += fmt::format(
                "<rect class=\"halo\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" rx=\"14\"/>",
                number(s.x - 6),
                number(s.y - 6),
                number(s.width + 12),
                number(s.height + 12)
            );
        out_ += fmt::format(
            "<rect class=\"shape\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" rx=\"9\"/>",
            number(s.x),
            number(s.y),
            number(s.width),
            number(s.height)
        );
        const bool container = node.inner >= 0;
        const auto most = std::size_t(std::max(1.0, (s.height - 6) / line_height));
        const auto lines = wrapped(
            said(node, english_),
            std::size_t(std::max(4.0, (s.width - 8) / letter_width)),
            container ? 1 : most
        );
        double y = container ? s.y + 16 : s.y + s.height / 2 + 5 - double(lines.size() - 1) * line_height / 2;
        for (const auto& line : lines) {
            out_ += fmt::format(
                "<text x=\"{}\" y=\"{}\" text-anchor=\"middle\">{}</text>",
                number(s.x + s.width / 2),
                number(y),
                xml::escaped(line)
            );
            y += line_height;
        }
        if (state == "done")
            out_ += fmt::format(
                "<circle class=\"tick\" cx=\"{}\" cy=\"{}\" r=\"9\"/><path class=\"glyph\" d=\"m{} {} 3 3.5 "
                "5.5-6.5\"/>",
                number(s.x + s.width - 2),
                number(s.y + 2),
                number(s.x + s.width - 6),
                number(s.y + 2)
            );
    }

    const Model& model_;
    const Whereabouts& at_;
    const bool english_;
    Diagram diagram_;
    std::string out_;
    double left_ = 0, right_ = 0, top_ = 0, bottom_ = 0;
};

std::string sentence(const std::string& pattern, const std::vector<std::string>& names)
{
    if (names.empty()) return "";
    std::string list;
    for (const auto& name : names) list += (list.empty() ? "" : ", ") + name;
    std::string out = pattern;
    if (const auto at = out.find("{names}"); at != std::string::npos) out.replace(at, 7, list);
    return out;
}

}  // namespace

std::string picture(
    const Process& process, const Whereabouts& at, const PictureWords& words, const std::string& id
)
{
    const auto& model = process.model();
    if (model.diagram.shapes.empty()) return "";
    std::vector<std::string> done, here, to_come;
    const auto in = [](const std::vector<std::string>& list, const std::string& node) {
        return std::find(list.begin(), list.end(), node) != list.end();
    };
    for (const auto& node : model.nodes) {
        const bool step = node.kind == NodeKind::user_task || node.kind == NodeKind::receive_task ||
                          node.kind == NodeKind::automatic;
        if (!step || node.name.empty()) continue;
        auto& list = in(at.here, node.id) ? here : in(at.done, node.id) ? done : to_come;
        if (&list != &to_come || node.kind == NodeKind::user_task) list.push_back(said(node, words.english));
    }
    std::string description;
    for (const auto& part :
         {sentence(words.done, done), sentence(words.here, here), sentence(words.to_come, to_come)})
        if (!part.empty()) description += (description.empty() ? "" : " ") + part;
    return Painter(model, at, words.english).draw(said(model, words.english), description, id);
}

namespace {

/// The number of an attribute after `from`: x="480" -> 480; 0 when there is none.
double number_after(std::string_view svg, std::size_t from, std::string_view attribute)
{
    const auto found = svg.find(attribute, from);
    if (found == std::string_view::npos) return 0;
    const auto* begin = svg.data() + found + attribute.size();
    double number = 0;
    std::from_chars(begin, svg.data() + svg.size(), number);
    return number;
}

}  // namespace

double width_of(std::string_view svg) { return number_after(svg, 0, "viewBox=\"0 0 "); }

std::int64_t here_percent(std::string_view svg)
{
    const auto here = svg.find("class=\"here\"");
    const double width = width_of(svg);
    if (here == std::string_view::npos || width <= 0) return 0;
    const double left = number_after(svg, here, " x=\"");
    return std::clamp<std::int64_t>(std::int64_t(left * 100 / width), 0, 100);
}

}  // namespace thien_an::workflow
