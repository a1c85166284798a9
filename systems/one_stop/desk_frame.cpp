#include "systems/one_stop/desk_frame.h"

#include <array>

#include "engine/base/vietnamese.h"
#include "engine/casework/reading.h"
#include "engine/offline/node.h"

#include "systems/one_stop/visit.h"

namespace thien_an::one_stop {
namespace {

constexpr std::array entries{
    web::DeskEntry{
        "one_stop.menu.work", "one_stop.queue.mine", "inbox", "/ban-lam-viec", "dossiers.read", "mine"},
    web::DeskEntry{
        "one_stop.menu.work",
        "one_stop.queue.agency",
        "users",
        "/ban-lam-viec/co-quan",
        "dossiers.read",
        "agency"},
    web::DeskEntry{
        "one_stop.menu.work",
        "one_stop.queue.counter",
        "in",
        "/ban-lam-viec/nhan-tai-quay",
        "dossiers.file_at_counter"},
};

/// First letters of the last two words: "Trần Thị Mỹ Lệ" -> "ML".
std::string initials(const std::string& name)
{
    std::vector<std::string> words;
    std::string word;
    for (const char c : name + " ") {
        if (c != ' ') {
            word += c;
        } else if (!word.empty()) {
            words.push_back(std::move(word));
            word.clear();
        }
    }
    std::string letters;
    for (std::size_t i = words.size() > 2 ? words.size() - 2 : 0; i < words.size(); ++i) {
        const auto& one = words[i];
        std::size_t bytes = 1;
        while (bytes < one.size() && (static_cast<unsigned char>(one[bytes]) & 0xC0U) == 0x80U) ++bytes;
        letters += one.substr(0, bytes);
    }
    return upper(letters);
}

bool allowed(const web::Context& context, const web::DeskEntry& entry)
{
    return entry.permission.empty() || context.may(entry.permission);
}

/// The entry the page belongs to: the longest address that the path begins with.
std::string_view current_entry(const web::Context& context, const web::DeskFrame& frame)
{
    std::string_view best;
    const std::string_view path = context.request().path;
    for (const auto& entry : frame.entries)
        if (allowed(context, entry) && path.starts_with(entry.href) && entry.href.size() > best.size() &&
            (path.size() == entry.href.size() || path[entry.href.size()] == '/'))
            best = entry.href;
    return best;
}

json::value count_of(const web::DeskEntry& entry, const DeskCounts& counts)
{
    if (entry.count == "mine") return json::value(counted_tasks(counts.mine));
    if (entry.count == "agency") return json::value(std::to_string(counts.agency));
    return nullptr;
}

json::array groups_of(const web::Context& context, const web::DeskFrame& frame, const DeskCounts& counts)
{
    const auto here = current_entry(context, frame);
    json::array groups;
    std::string_view open;
    std::string_view last;
    for (const auto& entry : frame.entries) {
        if (!allowed(context, entry) || entry.href == last) continue;
        last = entry.href;
        if (entry.group != open) {
            open = entry.group;
            groups.push_back(json::object{{"title", context.say(entry.group)}, {"items", json::array{}}});
        }
        groups.back().as_object()["items"].as_array().push_back(json::object{
            {"href", entry.href},
            {"icon", entry.icon},
            {"label", context.say(entry.label)},
            {"count", count_of(entry, counts)},
            {"current", entry.href == here}});
    }
    return groups;
}

/// Up to three lines and the whole list, for phones.
json::array tabs_of(const web::Context& context, const web::DeskFrame& frame)
{
    constexpr std::size_t tabs_max = 3;
    const auto here = current_entry(context, frame);
    json::array tabs;
    for (const auto& entry : frame.entries) {
        if (!allowed(context, entry) || tabs.size() == tabs_max) continue;
        const std::string shorter = std::string(entry.label) + "_short";
        const bool has_shorter = context.use<text::Catalogue>().contains(shorter);
        tabs.push_back(json::object{
            {"href", entry.href},
            {"icon", entry.icon},
            {"label", context.say(has_shorter ? std::string_view(shorter) : entry.label)},
            {"current", entry.href == here}});
    }
    constexpr std::string_view menu = "/ban-lam-viec/muc-luc";
    tabs.push_back(json::object{
        {"href", menu},
        {"icon", "menu"},
        {"label", context.say("one_stop.menu.more")},
        {"current", context.request().path == menu}});
    return tabs;
}

/// What stands above every page of a node: until when it holds the books, and how much waits to be sent.
json::value offline_words(const web::Context& context)
{
    const auto& desk = office(context);
    if (desk.journal == nullptr) return nullptr;
    const auto status = context.database().read([](storage::Reader& db) { return offline::node_status(db); });
    if (!status) return nullptr;
    const json::object words{
        {"until", shown(status->lease.until)},
        {"waiting", std::to_string(status->waiting)},
        {"conflicts", std::to_string(status->conflicts)}};
    const auto& lease = status->lease;
    return json::value(context.say(
        lease.ended_at ? "one_stop.offline_" + lease.ended_how : std::string("one_stop.offline"), words
    ));
}

std::string agency_name(const web::Context& context)
{
    if (context.session() != nullptr)
        for (const auto& post : context.session()->posts)
            if (post.post == context.actor().post) return post.agency_name;
    return "";
}

}  // namespace

std::span<const web::DeskEntry> desk_entries() { return entries; }

std::string counted_tasks(std::int64_t count)
{
    if (count < casework::counted_max) return std::to_string(count);
    return std::to_string(casework::counted_max - 1) + "+";
}

bool keys_are_on(const web::Context& context) { return context.request().cookies.get("phim") != "off"; }

json::object draw_desk(const web::Context& context, const web::DeskFrame& frame, const DeskCounts& counts)
{
    const std::string person = context.session() == nullptr ? "" : context.session()->name;
    return {
        {"agency", agency_name(context)},
        {"person", person},
        {"post", post_title(context, context.actor().post)},
        {"initials", initials(person)},
        {"keys", keys_are_on(context)},
        {"offline", offline_words(context)},
        {"groups", groups_of(context, frame, counts)},
        {"tabs", tabs_of(context, frame)}};
}

json::object draw_desk(const web::Context& context, const web::DeskFrame& frame)
{
    DeskCounts counts;
    if (context.may("dossiers.read")) {
        const auto counted = casework::queue_counts(office(context), context.actor());
        counts = {counted.mine, counted.agency};
    }
    return draw_desk(context, frame, counts);
}

std::string DeskStream::topic_of(identity::AgencyId agency)
{
    std::string topic = "dossiers " + text_of(agency);
    const std::scoped_lock lock(mutex_);
    auto& heard = heard_[agency.value];
    if (!heard)
        heard = database_.listen(topic, [&events = events_, topic] { events.publish(topic, "changed", ""); });
    return topic;
}

}  // namespace thien_an::one_stop
