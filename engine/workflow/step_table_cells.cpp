#include "engine/workflow/step_table_cells.h"

#include <algorithm>
#include <array>

#include "engine/base/vietnamese.h"

namespace thien_an::workflow {
namespace {

// Words of a cell as folded() leaves them.
constexpr std::array<std::string_view, 4> end_words{"ket thuc", "het", "end", "the end"};
constexpr std::array<std::string_view, 4> otherwise_words{"khac", "con lai", "otherwise", "else"};
constexpr std::array<std::string_view, 4> when_words{"khi", "neu", "when", "if"};
constexpr std::array<std::string_view, 5> reason_words{
    "can ly do", "co ly do", "ghi ly do", "needs a reason", "with reason"};
constexpr std::array<std::string_view, 3> arrows{"\xE2\x86\x92", "->", "=>"};
constexpr std::array<std::string_view, 2> back_arrows{"\xE2\x86\x90", "<-"};
constexpr std::string_view arrow = " \xE2\x86\x92 ";

bool is_identifier(std::string_view text, std::string_view more)
{
    return !text.empty() && std::all_of(text.begin(), text.end(), [&](char c) {
        return std::isalnum(static_cast<unsigned char>(c)) != 0 || more.find(c) != std::string_view::npos;
    });
}

template <typename Words>
bool is_one_of(const Words& words, std::string_view folded_text)
{
    return std::find(words.begin(), words.end(), folded_text) != words.end();
}

Problem bad(std::string code, std::string_view text)
{
    return {
        .code = "table." + std::move(code), .field = "", .law = "", .words = {{"text", std::string(text)}}};
}

/// Where an arrow stands outside quotes; npos: nowhere.
std::pair<std::size_t, std::size_t> find_arrow(std::string_view text)
{
    bool quoted = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '"') quoted = !quoted;
        if (quoted) continue;
        for (const auto one : arrows)
            if (text.substr(i).starts_with(one)) return {i, one.size()};
    }
    return {std::string_view::npos, 0};
}

/// Takes "(cần lý do)" from the end of `text`.
bool take_reason(std::string& text)
{
    const auto open = text.rfind('(');
    if (!text.ends_with(')') || open == std::string::npos) return false;
    if (!is_one_of(reason_words, folded(std::string_view(text).substr(open)))) return false;
    text = trimmed_cell(std::string_view(text).substr(0, open));
    return true;
}

void take_label(StepWay& way, std::string label)
{
    if (label.ends_with(']')) {
        const auto open = label.rfind('[');
        if (open != std::string::npos) {
            way.name = trimmed_cell(std::string_view(label).substr(open + 1, label.size() - open - 2));
            label = trimmed_cell(std::string_view(label).substr(0, open));
        }
    }
    const auto slash = label.find(" / ");
    way.vi = trimmed_cell(std::string_view(label).substr(0, slash));
    if (slash != std::string::npos) way.en = trimmed_cell(std::string_view(label).substr(slash + 3));
    if (way.name.empty()) way.name = outcome_name(way.vi);
}

bool take_condition(StepWay& way, std::string_view left)
{
    const auto space = left.find(' ');
    if (space == std::string_view::npos || !is_one_of(when_words, folded(left.substr(0, space))))
        return false;
    way.kind = StepWay::Kind::when;
    way.expression = trimmed_cell(left.substr(space));
    return true;
}

void take_target(StepWay& way, const std::string& right)
{
    way.ends = is_one_of(end_words, folded(right));
    if (!way.ends) way.to = right;
}

/// Nothing in it that a cell takes for something else: no quotes, no arrow, brackets in pairs.
bool is_plain(const std::string& label)
{
    return label.find('"') == std::string::npos && find_arrow(label).second == 0 &&
           pieces_of(label + ";x", ";\n") == std::vector<std::string>{label, "x"};
}

Result<StepWay> way_in(const std::string& piece)
{
    StepWay way;
    for (const auto back : back_arrows) {
        if (!piece.starts_with(back)) continue;
        way.kind = StepWay::Kind::back;
        way.to = trimmed_cell(std::string_view(piece).substr(back.size()));
        if (way.to.empty()) return bad("bad_way", piece);
        return way;
    }
    const auto [at, length] = find_arrow(piece);
    auto left = trimmed_cell(std::string_view(piece).substr(0, at));
    if (at != std::string_view::npos) {
        auto right = trimmed_cell(std::string_view(piece).substr(at + length));
        way.needs_reason = take_reason(right);
        if (right.empty()) return bad("bad_way", piece);
        take_target(way, right);
    }
    way.needs_reason = take_reason(left) || way.needs_reason;
    if (left.empty()) return way;
    if (is_one_of(otherwise_words, folded(left))) {
        way.kind = StepWay::Kind::otherwise;
        return way;
    }
    if (take_condition(way, left)) return way;
    way.kind = StepWay::Kind::outcome;
    take_label(way, left);
    const bool good =
        is_plain(way.vi) && (way.en.empty() || is_plain(way.en)) && is_identifier(way.name, "_-.");
    if (!good) return bad("bad_way", piece);
    return way;
}

}  // namespace

std::string trimmed_cell(std::string_view text)
{
    const auto first = text.find_first_not_of(" \t\r\n");
    if (first == std::string_view::npos) return {};
    return std::string(text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1));
}

std::vector<std::string> pieces_of(std::string_view text, std::string_view separators)
{
    std::vector<std::string> out;
    std::string piece;
    bool quoted = false;
    int depth = 0;
    const auto flush = [&] {
        depth = 0;
        piece = trimmed_cell(piece);
        if (!piece.empty()) out.push_back(std::move(piece));
        piece.clear();
    };
    for (const char c : text) {
        if (c == '"') quoted = !quoted;
        if (!quoted && (c == '(' || c == '[' || c == '{')) ++depth;
        if (!quoted && (c == ')' || c == ']' || c == '}')) --depth;
        if (!quoted && depth <= 0 && separators.find(c) != std::string_view::npos)
            flush();
        else
            piece += c;
    }
    flush();
    return out;
}

std::string outcome_name(std::string_view label)
{
    auto out = folded(label);
    std::replace(out.begin(), out.end(), ' ', '_');
    if (!out.empty() && out.front() >= '0' && out.front() <= '9') out.insert(0, "o_");
    return is_identifier(out, "_") ? out : "";
}

std::optional<Budget> budget_in_cell(std::string_view cell)
{
    const auto text = trimmed_cell(cell);
    if (const auto budget = parse_budget(text)) return budget.value();
    // Tenths: "1,5" and "0.5" are what decisions write.
    std::size_t i = 0;
    std::int64_t tenths = 0;
    for (; i < text.size() && i < 6 && text[i] >= '0' && text[i] <= '9'; ++i)
        tenths = tenths * 10 + (text[i] - '0');
    if (i == 0) return std::nullopt;
    tenths *= 10;
    if (i + 1 < text.size() && (text[i] == ',' || text[i] == '.') && text[i + 1] >= '0' &&
        text[i + 1] <= '9') {
        tenths += text[i + 1] - '0';
        i += 2;
    }
    const auto unit = folded(std::string_view(text).substr(i));
    const auto is = [&](std::initializer_list<std::string_view> names) { return is_one_of(names, unit); };
    if (is({"ngay", "ngay lam viec", "day", "days", "working day", "working days"}) && tenths % 5 == 0)
        return Budget{Unit::working_days, tenths / 5};
    if (is({"ngay lich", "ngay duong lich", "calendar day", "calendar days"}) && tenths % 10 == 0)
        return Budget{Unit::calendar_days, tenths / 5};
    if (is({"gio", "gio lam viec", "hour", "hours", "working hour", "working hours"}))
        return Budget{Unit::working_minutes, tenths * 6};
    if (is({"phut", "minute", "minutes"}) && tenths % 10 == 0)
        return Budget{Unit::working_minutes, tenths / 10};
    return std::nullopt;
}

std::string cell_of(const Budget& budget, const TableWords& words)
{
    const auto tenths = [&](std::int64_t count, std::string_view one, std::string_view many) {
        const auto unit = count == 10 ? one : many;
        auto out = std::to_string(count / 10);
        if (count % 10 != 0) out += words.say("workflow.table.decimal_mark") + std::to_string(count % 10);
        return out + " " + words.say(unit);
    };
    switch (budget.unit) {
    case Unit::working_days: return tenths(budget.amount * 5, "workflow.table.day", "workflow.table.days");
    case Unit::calendar_days:
        return tenths(budget.amount * 5, "workflow.table.calendar_day", "workflow.table.calendar_days");
    case Unit::working_minutes:
        if (budget.amount % 6 == 0 && budget.amount >= 60)
            return tenths(budget.amount / 6, "workflow.table.hour", "workflow.table.hours");
        return tenths(budget.amount * 10, "workflow.table.minute", "workflow.table.minutes");
    }
    throw std::logic_error("Unit outside its enumerators");
}

Result<std::vector<StepWay>> ways_in_cell(std::string_view cell)
{
    std::vector<StepWay> out;
    for (const auto& piece : pieces_of(cell, ";\n")) out.push_back(TRY(way_in(piece)));
    return out;
}

std::string cell_of(const std::vector<StepWay>& ways, const TableWords& words)
{
    std::string out;
    for (const auto& way : ways) {
        if (!out.empty()) out += "; ";
        switch (way.kind) {
        case StepWay::Kind::next: break;
        case StepWay::Kind::outcome:
            out += way.vi;
            if (!way.en.empty()) out += " / " + way.en;
            if (way.name != outcome_name(way.vi)) out += " [" + way.name + "]";
            break;
        case StepWay::Kind::when: out += words.say("workflow.table.when") + " " + way.expression; break;
        case StepWay::Kind::otherwise: out += words.say("workflow.table.otherwise"); break;
        case StepWay::Kind::back: out += std::string(back_arrows.front()) + " " + way.to; continue;
        }
        const auto target = way.ends ? words.say("workflow.table.end") : way.to;
        if (!target.empty())
            out += std::string(arrow.substr(way.kind == StepWay::Kind::next ? 1 : 0)) + target;
        if (way.needs_reason) out += " (" + words.say("workflow.table.reason") + ")";
    }
    return out;
}

bool comes_back(const std::vector<StepWay>& ways)
{
    const TableWords words{
        .say =
            [](std::string_view key) {
                const auto word = key.substr(key.rfind('.') + 1);
                return word == "reason" ? std::string("with reason") : std::string(word);
            },
        .posts = {}};
    const auto again = ways_in_cell(cell_of(ways, words));
    return again && again.value() == ways;
}

Result<std::vector<std::string>> posts_in_cell(std::string_view cell, const TableWords& words)
{
    std::vector<std::string> out;
    for (const auto& piece : pieces_of(cell, ",;\n")) {
        const auto wanted = folded(piece);
        const auto found = std::find_if(words.posts.begin(), words.posts.end(), [&](const auto& post) {
            return post.kind == piece || folded(post.vi) == wanted || folded(post.en) == wanted;
        });
        if (found != words.posts.end())
            out.push_back(found->kind);
        else if (words.posts.empty() && is_identifier(piece, "_"))
            out.push_back(piece);
        else
            return bad("unknown_post", piece);
    }
    return out;
}

std::string cell_of_posts(const std::vector<std::string>& posts, const TableWords& words)
{
    std::string out;
    for (const auto& kind : posts) {
        const auto found = std::find_if(words.posts.begin(), words.posts.end(), [&](const auto& post) {
            return post.kind == kind;
        });
        const bool named = found != words.posts.end() && found->vi.find_first_of(",;") == std::string::npos &&
                           found->en.find_first_of(",;") == std::string::npos;
        if (!out.empty()) out += ", ";
        out += named ? (words.english ? found->en : found->vi) : kind;
    }
    return out;
}

Result<ActionCell> action_in_cell(std::string_view cell)
{
    ActionCell out;
    auto text = trimmed_cell(cell);
    constexpr std::string_view later = "[outbox]";
    if (text.ends_with(later)) {
        out.outbox = true;
        text = trimmed_cell(std::string_view(text).substr(0, text.size() - later.size()));
    }
    const auto open = text.find('(');
    out.name = trimmed_cell(std::string_view(text).substr(0, open));
    if (!is_identifier(out.name, "_.")) return bad("bad_action", cell);
    if (open == std::string::npos) return out;
    if (!text.ends_with(')')) return bad("bad_action", cell);
    const auto inner = std::string_view(text).substr(open + 1, text.size() - open - 2);
    if (out.name == "wait") {
        out.name.clear();
        out.message = trimmed_cell(inner);
        if (!is_identifier(out.message, "_.-")) return bad("bad_action", cell);
        return out;
    }
    for (const auto& piece : pieces_of(inner, ",")) {
        const auto colon = piece.find(':');
        const auto name = trimmed_cell(std::string_view(piece).substr(0, colon));
        if (colon == std::string::npos || !is_identifier(name, "_")) return bad("bad_action", cell);
        out.arguments.emplace_back(name, trimmed_cell(std::string_view(piece).substr(colon + 1)));
    }
    return out;
}

std::string cell_of(const ActionCell& action)
{
    if (!action.message.empty()) return "wait(" + action.message + ")";
    auto out = action.name;
    for (const auto& [name, expression] : action.arguments)
        out += (&name == &action.arguments.front().first ? "(" : ", ") + name + ": " + expression;
    if (!action.arguments.empty()) out += ")";
    return out + (action.outbox ? " [outbox]" : "");
}

bool comes_back(const ActionCell& action)
{
    const auto again = action_in_cell(cell_of(action));
    return again && again.value() == action;
}

}  // namespace thien_an::workflow
