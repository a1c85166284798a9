#include "systems/civil_status/desk.h"

#include <array>
#include <charconv>

#include "engine/casework/packs.h"

namespace thien_an::civil_status {
namespace {

constexpr std::array entries{
    web::DeskEntry{
        "civil_status.menu", "civil_status.registers.title", "book", "/ban-lam-viec/so", "registers.read"},
    web::DeskEntry{
        "civil_status.menu", "civil_status.people.title", "users", "/ban-lam-viec/nguoi", "registers.read"},
    web::DeskEntry{
        "civil_status.menu",
        "civil_status.national.title",
        "send",
        "/ban-lam-viec/gui-quoc-gia",
        "registers.read"},
    web::DeskEntry{
        "civil_status.menu",
        "civil_status.notices.title",
        "baby",
        "/ban-lam-viec/giay-chung-sinh",
        "registers.read"},
    web::DeskEntry{
        "civil_status.menu",
        "civil_status.statistics.title",
        "chart",
        "/ban-lam-viec/thong-ke-ho-tich",
        "registers.read"},
    // One page for those who type, decide and accept.
    web::DeskEntry{
        "civil_status.menu",
        "civil_status.old_books.title",
        "copy",
        "/ban-lam-viec/so-giay",
        "old_books.type"},
    web::DeskEntry{
        "civil_status.menu",
        "civil_status.old_books.title",
        "copy",
        "/ban-lam-viec/so-giay",
        "old_books.accept"},
    // The same page for those who use forms and those who keep them.
    web::DeskEntry{
        "civil_status.menu", "civil_status.stock.title", "box", "/ban-lam-viec/phoi", "forms_stock.use"},
    web::DeskEntry{
        "civil_status.menu", "civil_status.stock.title", "box", "/ban-lam-viec/phoi", "forms_stock.keep"},
};

json::value acting_as(const web::Context& context)
{
    const auto* session = context.session();
    if (session == nullptr) return nullptr;
    for (const auto& post : session->posts)
        if (post.post == context.actor().post)
            return json::object{{"id", text_of(post.post)}, {"label", post.title}};
    return nullptr;
}

}  // namespace

std::span<const web::DeskEntry> desk_entries() { return entries; }

casework::Office& office(const web::Context& context) { return context.use<casework::Office>(); }

casework::Speech speech(const web::Context& context)
{
    return {context.use<text::Catalogue>(), context.language()};
}

identity::Act act_of(const web::Context& context) { return {context.actor(), context.now(), context.ids()}; }

std::shared_ptr<const registers::Register> births(const web::Context& context)
{
    auto found = office(context).packs.reg("births");
    if (!found) throw std::logic_error("no register of births");
    return found;
}

json::value text_or_null(std::string_view text)
{
    return text.empty() ? json::value(nullptr) : json::value(text);
}

web::Response done_and_back(const std::string& path, std::string_view flash)
{
    auto response = web::see_other(path);
    response.flash(std::string(flash));
    return response;
}

Result<Day> typed_day(std::string_view typed)
{
    const auto slash = typed.find('/');
    const auto second = slash == std::string_view::npos ? slash : typed.find('/', slash + 1);
    if (second == std::string_view::npos) return parse_day(typed);
    const auto two = [](std::string_view part) { return (part.size() == 1 ? "0" : "") + std::string(part); };
    return parse_day(
        std::string(typed.substr(second + 1)) + "-" + two(typed.substr(slash + 1, second - slash - 1)) + "-" +
        two(typed.substr(0, slash))
    );
}

std::int64_t number_or(const std::string& text, std::int64_t otherwise)
{
    std::int64_t number = otherwise;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc{} && end == text.data() + text.size() ? number : otherwise;
}

web::Response draw_form(DeskForm form, const web::Context& context)
{
    const bool wrong = !form.problems.empty();
    const auto say = speech(context);
    json::object values{
        {"title", form.title},
        {"subtitle", text_or_null(form.subtitle)},
        {"back", json::object{{"href", form.back}, {"text", form.back_text}}},
        {"action", form.action},
        {"submit", form.submit},
        {"submit_bad", form.bad},
        {"with_files", false},
        {"error_summary", casework::error_summary({}, form.problems, say)},
        {"notes", std::move(form.notes)},
        {"picture", nullptr},
        {"quote", nullptr},
        {"has_pairs", !form.pairs.empty()},
        {"pairs", std::move(form.pairs)},
        {"acting_as", acting_as(context)},
        {"posts", nullptr},
        {"fields", std::move(form.fields)}};
    return web::render_desk(context, "civil_status/form", std::move(values), wrong ? 422 : 200);
}

std::string error_at(
    const std::vector<Problem>& problems, std::string_view pointer, const web::Context& context
)
{
    for (const auto& problem : problems)
        if (problem.field == pointer) return context.sentence(problem);
    return "";
}

std::vector<Problem> placed(std::vector<Problem> problems, std::string_view pointer)
{
    for (auto& problem : problems)
        if (problem.field.empty()) problem.field = pointer;
    return problems;
}

}  // namespace thien_an::civil_status
