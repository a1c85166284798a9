#include "engine/casework/page_values.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/casework/form_compiled.h"

namespace thien_an::casework {
namespace {

json::value text_or_null(const std::string& text)
{
    return text.empty() ? json::value(nullptr) : json::value(text);
}

/// The members every field has; the kinds are null until one is set.
json::object bare_field(
    const std::string& id,
    const std::string& name,
    const std::string& label,
    const std::string& hint,
    const std::string& error
)
{
    return {
        {"id", id},
        {"name", name},
        {"label", label},
        {"hint", text_or_null(hint)},
        {"error", text_or_null(error)},
        {"optional", false},
        {"asked", nullptr},
        {"as_text", nullptr},
        {"as_area", nullptr},
        {"as_date", nullptr},
        {"as_choice", nullptr},
        {"as_select", nullptr},
        {"as_tick", nullptr},
        {"as_heading", nullptr},
        {"as_file", nullptr}};
}

json::object text_kind(
    const std::string& type,
    const std::string& value,
    const std::string& mode,
    const std::string& autocomplete
)
{
    return {
        {"type", type},
        {"value", value},
        {"input_mode", mode},
        {"autocomplete", autocomplete},
        {"length_max", 200},
        {"narrow", false},
        {"suggestions", nullptr},
        {"echo", nullptr},
        {"convert", nullptr}};
}

std::string letters_allowed(const Field& field)
{
    return std::to_string(field.letters_max > 0 ? field.letters_max : 500);
}

json::object text_of_field(const Field& field)
{
    const bool phone = field.widget == Widget::phone;
    const bool email = field.widget == Widget::email;
    const bool number = field.widget == Widget::number;
    auto kind = text_kind(
        phone ? "tel" : (email ? "email" : "text"),
        field.value,
        phone ? "tel" : (email ? "email" : (number ? "numeric" : "text")),
        field.autocomplete.empty() ? "off" : field.autocomplete
    );
    kind["length_max"] = letters_allowed(field);
    kind["narrow"] = phone || number;
    // What will be printed: names stand in capitals on papers.
    if (field.widget == Widget::name && !field.value.empty()) kind["echo"] = upper(tidy_name(field.value));
    return kind;
}

/// "day_bad" marks the box to mend: all three unless only some are filled.
json::object date_of_field(const Field& field)
{
    const bool bad = !field.error.vi.empty();
    const bool some = !field.day.empty() || !field.month.empty() || !field.year.empty();
    const auto box = [&](const std::string& value) { return bad && (!some || value.empty()); };
    const bool whole = bad && !field.day.empty() && !field.month.empty() && !field.year.empty();
    return {
        {"day", field.day},
        {"month", field.month},
        {"year", field.year},
        {"day_bad", whole || box(field.day)},
        {"month_bad", box(field.month)},
        {"year_bad", box(field.year)}};
}

/// A yes-or-no question has no list of its own.
std::vector<Choice> choices_of(const Field& field, const Speech& speech)
{
    if (!field.choices.empty()) return field.choices;
    const std::string yes = speech.say("casework.yes");
    const std::string no = speech.say("casework.no");
    return {{"true", {yes, yes}}, {"false", {no, no}}};
}

json::array options_of(const Field& field, const Speech& speech)
{
    json::array options;
    const std::string id = element_id(field.input);
    for (const auto& choice : choices_of(field, speech))
        options.push_back(json::object{
            {"option_id", options.empty() ? id : id + "-" + choice.value},
            {"value", choice.value},
            {"text", speech.in(choice.label)},
            {"checked", choice.value == field.value},
            {"note", nullptr},
            {"fields", json::array{}}});
    return options;
}

json::object select_of(const std::string& value, const std::vector<Choice>& choices, const Speech& speech)
{
    json::array options;
    options.push_back(json::object{
        {"value", ""}, {"text", speech.say("casework.choose")}, {"selected", value.empty()}});
    for (const auto& choice : choices)
        options.push_back(json::object{
            {"value", choice.value}, {"text", speech.in(choice.label)}, {"selected", choice.value == value}});
    return {{"options", std::move(options)}};
}

/// Where a field belongs that is shown only with one choice of a radio beside it: `parent.kind = "facility"`.
struct UnderChoice {
    std::string pointer;
    std::string value;
};
std::optional<UnderChoice> under_choice(const Field& field)
{
    constexpr std::string_view start = "parent.";
    const auto equals = field.show_when.find(" = ");
    if (!field.show_when.starts_with(start) || equals == std::string::npos) return std::nullopt;
    std::string value = field.show_when.substr(equals + 3);
    std::erase(value, '"');
    const auto slash = field.pointer.rfind('/');
    const auto name = field.show_when.substr(start.size(), equals - start.size());
    return UnderChoice{field.pointer.substr(0, slash + 1) + name, value};
}

/// Element "asked": the condition over inputs of this page, "form.change.another = true" as "change.another = true",
/// and whether it does not hold with the answers given so far. Null for what is always asked, or not by answers.
json::value asked_values(const Field& field)
{
    const auto slash = field.pointer.rfind('/');
    auto parent = input_of(field.pointer.substr(0, slash));
    if (!parent.empty()) parent += '.';
    auto when = field.show_when;
    const auto replace = [&](std::string_view from, std::string_view to) {
        for (auto at = when.find(from); at != std::string::npos; at = when.find(from, at + to.size()))
            when.replace(at, from.size(), to);
    };
    replace("parent.", parent);
    replace("form.", "");
    if (when == field.show_when) return nullptr;
    return json::object{{"when", when}, {"off", !field.shown}};
}

/// Asked when both are.
json::value both_asked(const json::value& outer, json::value inner)
{
    if (outer.is_null()) return inner;
    if (inner.is_null()) return outer;
    return json::object{
        {"when", "(" + json::string_or(outer, "when") + ") and (" + json::string_or(inner, "when") + ")"},
        {"off", json::bool_or(outer, "off") || json::bool_or(inner, "off")}};
}

bool fits_inside(Widget widget)
{
    return widget != Widget::radio && widget != Widget::group && widget != Widget::hidden;
}

/// The options of the radio `pointer` among fields drawn already; null when it is no radio there.
json::object* option_of(
    json::array& drawn, const std::vector<const Field*>& sources, const UnderChoice& wanted
)
{
    for (std::size_t i = 0; i < sources.size(); ++i) {
        if (sources[i]->pointer != wanted.pointer || sources[i]->widget != Widget::radio) continue;
        for (auto& option : drawn[i].as_object()["as_choice"].as_object()["options"].as_array())
            if (option.as_object()["value"].as_string() == wanted.value) return &option.as_object();
    }
    return nullptr;
}

/// A group being filled.
struct Filling {
    json::value heading = nullptr;
    json::value note = nullptr;
    json::value asked = nullptr;
    json::array drawn;
    std::vector<const Field*> sources;
    std::optional<UnderChoice> inner = {};  ///< The choice under which a group inside this one is drawn.
    int inner_depth = -1;
};

/// The options of a choice hold what belongs under it; null when the field belongs under none.
json::object* option_for(Filling& group, const Field& field)
{
    if (field.depth <= group.inner_depth) group.inner_depth = -1;
    if (group.inner_depth >= 0) return option_of(group.drawn, group.sources, *group.inner);
    const auto under = field.show_when.empty() ? std::nullopt : under_choice(field);
    return under ? option_of(group.drawn, group.sources, *under) : nullptr;
}

/// A group that is asked with one choice only goes under that choice, heading and all. False when it does not.
bool put_inner_group(Filling& group, const Field& field, const Speech& speech)
{
    auto* option = option_for(group, field);
    if (option == nullptr) return false;
    if (group.inner_depth < 0) {
        group.inner = under_choice(field);
        group.inner_depth = field.depth;
    }
    auto heading = field_values(field, speech);
    heading["as_heading"] = true;
    (*option)["fields"].as_array().push_back(std::move(heading));
    return true;
}

void put(Filling& group, const Field& field, const Speech& speech)
{
    auto* option = option_for(group, field);
    if (option != nullptr && fits_inside(field.widget)) {
        (*option)["fields"].as_array().push_back(field_values(field, speech));
        return;
    }
    auto drawn = field_values(field, speech);
    drawn["asked"] = asked_values(field);
    group.drawn.push_back(std::move(drawn));
    group.sources.push_back(&field);
}

void close(Filling& group, json::array& groups)
{
    if (!group.drawn.empty() || !group.heading.is_null())
        groups.push_back(json::object{
            {"heading", group.heading},
            {"note", group.note},
            {"asked", std::move(group.asked)},
            {"fields", std::move(group.drawn)}});
    group = {};
}

std::string weekday(Day day, const Speech& speech)
{
    return speech.say(fmt::format("casework.weekday.{}", std::chrono::weekday{day}.c_encoding()));
}

/// Timeline marks: what the row is and the picture beside it.
struct Mark {
    std::string_view kind;
    std::string_view icon;
};
Mark mark_of(const TimelineRow& row)
{
    if (row.to_come) return {"next", "clock"};
    if (row.kind == "supplement_requested" || row.kind == "note_added") return {"ask", "chat"};
    constexpr std::array alarming{
        "refused", "withdrawn", "escalated", "overdue", "apologised", "form_spoiled", "entry_annulled"};
    if (std::find(alarming.begin(), alarming.end(), row.kind) != alarming.end()) return {"ask", "alert"};
    return {"", "check"};
}

}  // namespace

std::string element_id(std::string_view input)
{
    std::string id(input);
    std::replace(id.begin(), id.end(), '.', '-');
    return id;
}

json::object field_values(const Field& field, const Speech& speech)
{
    auto out = bare_field(
        element_id(field.input),
        field.input,
        speech.in(field.title),
        speech.in(field.help),
        speech.in(field.error)
    );
    out["optional"] = !field.required && field.widget != Widget::checkbox;
    switch (field.widget) {
    case Widget::textarea:
        out["as_area"] =
            json::object{{"value", field.value}, {"rows", "4"}, {"length_max", letters_allowed(field)}};
        break;
    case Widget::date: out["as_date"] = date_of_field(field); break;
    case Widget::radio:
        out["as_choice"] =
            json::object{{"in_row", field.choices.size() <= 2}, {"options", options_of(field, speech)}};
        break;
    case Widget::select:
    case Widget::unit: out["as_select"] = select_of(field.value, field.choices, speech); break;
    case Widget::checkbox:
        out["as_tick"] = json::object{{"checked", field.value == "1" || field.value == "true"}};
        break;
    case Widget::text:
    case Widget::name:
    case Widget::phone:
    case Widget::email:
    case Widget::number:
    case Widget::hidden: out["as_text"] = text_of_field(field); break;
    case Widget::group: break;
    }
    return out;
}

json::array group_values(const std::vector<Field>& fields, const Speech& speech)
{
    json::array groups;
    Filling group;
    int heading_depth = -1;
    json::value outer = nullptr;  // What brings up the group around all that is deeper than outer_depth.
    int outer_depth = -1;
    int hidden_depth = -1;  // Of a group that another answer brings up, with all that is in it.
    for (const auto& field : fields) {
        if (field.widget == Widget::hidden) continue;
        if (field.depth <= hidden_depth) hidden_depth = -1;
        if (field.depth <= outer_depth) {
            outer = nullptr;
            outer_depth = -1;
        }
        // What only other things than answers decide does not change while the form is filled in.
        const bool of_answers = hidden_depth >= 0 || field.show_when.find("form.") != std::string::npos ||
                                field.show_when.find("parent.") != std::string::npos;
        if (!field.shown && !of_answers) continue;
        if (!field.shown && field.widget == Widget::group && hidden_depth < 0) hidden_depth = field.depth;
        if (field.widget == Widget::group) {
            if (put_inner_group(group, field, speech)) continue;
            close(group, groups);
            heading_depth = field.depth;
            group.heading = text_or_null(speech.in(field.title));
            group.note = text_or_null(speech.in(field.help));
            group.asked = both_asked(outer, asked_values(field));
            if (outer.is_null() && !group.asked.is_null()) {
                outer = group.asked;
                outer_depth = field.depth;
            }
            continue;
        }
        if (heading_depth >= 0 && field.depth <= heading_depth) {
            close(group, groups);
            group.asked = outer;
            heading_depth = -1;
        }
        put(group, field, speech);
    }
    close(group, groups);
    return groups;
}

constexpr std::size_t digest_shown = 16;  // Enough to compare by eye with what a phone shows.

json::array paper_group_values(const PaperFields& papers, const Speech& speech)
{
    json::array fields;
    for (const auto& paper : papers.wanted) {
        if (paper.shown && !paper.required) continue;
        std::string error;
        for (const auto& fault : papers.errors)
            if (fault.input == paper.id) error = speech.in(fault.sentence);
        auto field = bare_field(paper.id, paper.id, speech.in(paper.name), speech.in(paper.help), error);
        field["optional"] = !paper.required;
        json::array held;
        for (const auto& file : papers.held)
            if (file.paper == paper.id)
                held.push_back(json::object{
                    {"icon", icon_of_media(file.media_type)},
                    {"file_name", file.name},
                    {"note",
                     kind_of_media(file.media_type) + ", " + shown_size(file.bytes) +
                         (file.sha256.empty() ? "" : ", SHA-256 " + file.sha256.substr(0, digest_shown) + "…"
                         )},
                    {"file_id", file.file}});
        field["as_file"] = json::object{
            {"upload_to", papers.upload_to},
            {"bytes_max", paper.bytes_max},
            {"accept", fmt::format("{}", fmt::join(paper.accept, ","))},
            {"many", paper.files_max > 1},
            {"files", std::move(held)}};
        fields.push_back(std::move(field));
    }
    return {json::object{
        {"heading", nullptr}, {"note", nullptr}, {"asked", nullptr}, {"fields", std::move(fields)}}};
}

json::value error_summary(
    const std::vector<FieldError>& errors, const std::vector<Problem>& problems, const Speech& speech
)
{
    json::array items;
    for (const auto& error : errors)
        items.push_back(json::object{
            {"href", "#" + element_id(error.input)}, {"text", speech.in(error.sentence)}});
    for (const auto& problem : problems) {
        std::string input = problem.field.empty() ? "noi-dung" : problem.field.substr(1);
        std::replace(input.begin(), input.end(), '/', '-');
        items.push_back(json::object{
            {"href", "#" + input}, {"text", speech.words.sentence(problem, speech.language)}});
    }
    if (items.empty()) return nullptr;
    return json::object{{"count", items.size()}, {"items", std::move(items)}};
}

json::object text_field(const PlainField& field)
{
    auto out = bare_field(element_id(field.name), field.name, field.label, field.hint, field.error);
    out["optional"] = field.optional;
    auto kind = text_kind(field.type, field.value, field.input_mode, field.autocomplete);
    kind["length_max"] = field.length_max;
    kind["narrow"] = field.narrow;
    out["as_text"] = std::move(kind);
    return out;
}

json::object area_field(const PlainField& field, int rows)
{
    auto out = bare_field(element_id(field.name), field.name, field.label, field.hint, field.error);
    out["optional"] = field.optional;
    out["as_area"] = json::object{{"value", field.value}, {"rows", rows}, {"length_max", field.length_max}};
    return out;
}

json::object tick_field(const PlainField& field, bool checked)
{
    auto out = bare_field(element_id(field.name), field.name, field.label, field.hint, field.error);
    out["as_tick"] = json::object{{"checked", checked}};
    return out;
}

json::object select_field(const PlainField& field, const std::vector<Choice>& choices, const Speech& speech)
{
    auto out = bare_field(element_id(field.name), field.name, field.label, field.hint, field.error);
    out["optional"] = field.optional;
    out["as_select"] = select_of(field.value, choices, speech);
    return out;
}

json::object choice_field(const PlainField& field, const std::vector<Choice>& choices, const Speech& speech)
{
    auto out = bare_field(element_id(field.name), field.name, field.label, field.hint, field.error);
    out["optional"] = field.optional;
    Field asked;
    asked.input = field.name;
    asked.value = field.value;
    asked.choices = choices;
    out["as_choice"] = json::object{{"in_row", choices.size() <= 2}, {"options", options_of(asked, speech)}};
    return out;
}

json::object state_values(DossierState state, const Speech& speech)
{
    const auto look = [&]() -> Mark {
        switch (state) {
        case DossierState::filed: return {"river", "send"};
        case DossierState::received:
        case DossierState::in_progress:
        case DossierState::awaiting_signature: return {"river", "clock"};
        case DossierState::awaiting_supplement: return {"warn", "pause"};
        case DossierState::result_ready:
        case DossierState::handed_over: return {"ok", "check"};
        case DossierState::refused: return {"bad", "alert"};
        case DossierState::withdrawn: return {"idle", "undo"};
        }
        throw std::logic_error("DossierState outside its enumerators");
    }();
    return {
        {"kind", look.kind},
        {"icon", look.icon},
        {"text", speech.say("dossier.state." + std::string(name_of(state)))}};
}

json::value due_values(const DueState& due, Instant now, const Speech& speech)
{
    if (due.closed) return nullptr;
    const auto chip = [](std::string_view kind, std::string_view icon, std::string text) {
        return json::object{{"kind", kind}, {"icon", icon}, {"text", std::move(text)}};
    };
    if (due.suspended) return chip("wait", "pause", speech.say("casework.due.suspended"));
    if (!due.due) return nullptr;
    constexpr std::int64_t minutes_of_an_hour = 60;
    constexpr std::int64_t minutes_of_a_day = 8 * minutes_of_an_hour;
    const auto minutes = due.minutes_left < 0 ? -due.minutes_left : due.minutes_left;
    const auto hours = minutes / minutes_of_an_hour;
    const auto days = minutes / minutes_of_a_day;
    const json::object count{{"days", days}, {"hours", hours}, {"minutes", minutes}};
    if (*due.due < now) {
        const auto* unit = days >= 1 ? "days" : hours >= 1 ? "hours" : "minutes";
        return chip("late", "alert", speech.say(std::string("casework.due.late_") + unit, count));
    }
    const auto* unit = day_of(*due.due) != day_of(now) && days >= 1 ? "days"
                       : hours >= 1                                 ? "hours"
                                                                    : "minutes";
    return chip(
        unit == std::string_view("days") ? "ok" : "today",
        unit == std::string_view("days") ? "check" : "clock",
        speech.say(fmt::format("casework.due.{}_left", unit), count)
    );
}

std::string due_at(Instant due, Instant now, const Speech& speech)
{
    if (day_of(due) == day_of(now))
        return speech.say("casework.due.today_at", json::object{{"time", shown_time(due)}});
    return speech.say(
        "casework.due.at",
        json::object{
            {"time", shown_time(due)}, {"weekday", weekday(day_of(due), speech)}, {"day", shown(day_of(due))}}
    );
}

std::string short_moment(Instant at, Instant now, const Speech& speech)
{
    const auto day = day_of(at);
    if (day == day_of(now)) return shown_time(at);
    const std::chrono::year_month_day date{day};
    const auto same_year = date.year() == std::chrono::year_month_day{day_of(now)}.year();
    return fmt::format(
        "{} {} {}",
        speech.say(fmt::format("casework.weekday_short.{}", std::chrono::weekday{day}.c_encoding())),
        same_year ? fmt::format("{}/{}", unsigned(date.day()), unsigned(date.month())) : shown(day),
        shown_time(at)
    );
}

json::array timeline_values(const std::vector<TimelineRow>& rows, const Speech& speech, bool for_citizen)
{
    json::array events;  // The newest first.
    for (auto at = rows.rbegin(); at != rows.rend(); ++at) {
        const auto& row = *at;
        const auto mark = mark_of(row);
        const std::string who = row.on_behalf.empty() ? row.who : row.on_behalf + " " + row.who;
        const std::string key = "event." + row.kind;
        std::string title = speech.in(row.label);
        if (speech.words.contains(key)) {
            auto words = row.words.get_object();
            words["step"] = speech.in(row.step);
            words["outcome_name"] = speech.in(row.outcome);
            title = speech.say(key, words);
        }
        const std::string quote = json::string_or(row.words, "quote");
        events.push_back(json::object{
            {"kind", mark.kind},
            {"icon", mark.icon},
            {"title", title},
            {"who", for_citizen || who.empty() ? json::value(nullptr) : json::value(who)},
            {"at_iso", iso(row.at)},
            {"at", shown(row.at)},
            {"took", nullptr},
            {"quote", text_or_null(quote)}});
    }
    return events;
}

json::array paper_values(
    const std::vector<PaperRow>& papers, std::string_view href_before, const Speech& speech
)
{
    json::array rows;
    for (const auto& paper : papers) {
        json::value chip = nullptr;
        if (paper.signatures > 0)
            chip = json::object{
                {"kind", "ok"},
                {"icon", "lock"},
                {"text", speech.say("casework.paper_signed", json::object{{"count", paper.signatures}})}};
        json::value href = nullptr;
        if (!href_before.empty()) href = std::string(href_before) + text_of(paper.id);
        rows.push_back(json::object{
            {"icon", icon_of_media(paper.media_type)},
            {"paper_name", speech.in(paper.name)},
            {"href", std::move(href)},
            {"note",
             fmt::format(
                 "{}, {}, {}", kind_of_media(paper.media_type), shown_size(paper.bytes), shown(paper.at)
             )},
            {"chip", std::move(chip)}});
    }
    return rows;
}

json::array section_values(
    const std::vector<AnswerRow>& answers,
    const Speech& speech,
    const std::function<json::object(const AnswerRow&)>& pair
)
{
    json::array sections;
    for (const auto& answer : answers) {
        if (answer.value.empty()) continue;
        const auto& title = speech.in(answer.section);
        if (sections.empty() || sections.back().at("title") != json::value(title))
            sections.push_back(json::object{{"title", title}, {"pairs", json::array{}}});
        sections.back().as_object()["pairs"].as_array().push_back(pair(answer));
    }
    return sections;
}

json::array section_values(const std::vector<AnswerRow>& answers, const Speech& speech)
{
    return section_values(answers, speech, [&](const AnswerRow& answer) {
        return pair_values(speech.in(answer.title), answer.value);
    });
}

json::object pair_values(std::string label, std::string value, bool strong)
{
    return {{"label", std::move(label)}, {"value", std::move(value)}, {"strong", strong}, {"check", nullptr}};
}

std::string shown_size(std::int64_t bytes)
{
    if (bytes < 100 * 1024) return fmt::format("{} kB", std::max<std::int64_t>(1, bytes / 1024));
    const auto tenths = (bytes * 10 + 512 * 1024) / (1024 * 1024);
    return fmt::format("{},{} MB", tenths / 10, tenths % 10);
}

std::string kind_of_media(std::string_view media_type)
{
    if (media_type == "image/jpeg") return "JPG";
    if (media_type == "image/png") return "PNG";
    if (media_type == "application/pdf") return "PDF";
    if (media_type.starts_with("image/")) return upper(media_type.substr(6));
    if (media_type.find("wordprocessingml") != std::string_view::npos) return "DOCX";
    return std::string(media_type);
}

std::string icon_of_media(std::string_view media_type)
{
    return media_type.starts_with("image/") ? "image" : "file";
}

json::array part_values(const std::vector<PartRow>& parts, Instant now, const Speech& say)
{
    const auto chip_of = [&](PartRow::State state) {
        switch (state) {
        case PartRow::State::running:
            return json::object{{"kind", "info"}, {"icon", "clock"}, {"text", say.say("part.state.running")}};
        case PartRow::State::needs_help:
            return json::object{
                {"kind", "warn"}, {"icon", "alert"}, {"text", say.say("part.state.needs_help")}};
        case PartRow::State::done:
            return json::object{{"kind", "ok"}, {"icon", "check"}, {"text", say.say("part.state.done")}};
        case PartRow::State::not_done:
            return json::object{{"kind", "bad"}, {"icon", "x"}, {"text", say.say("part.state.not_done")}};
        }
        throw std::logic_error("PartRow::State outside its enumerators");
    };
    json::array out;
    for (const auto& part : parts)
        out.push_back(json::object{
            {"name", say.in(part.name)},
            {"who", say.in(part.decided_by)},
            {"state", chip_of(part.state)},
            {"until", part.due ? json::value(due_at(*part.due, now, say)) : json::value(nullptr)},
            {"result", part.result.empty() ? json::value(nullptr) : json::value(part.result)},
            {"reason", part.reason.empty() ? json::value(nullptr) : json::value(part.reason)}});
    return out;
}

}  // namespace thien_an::casework
