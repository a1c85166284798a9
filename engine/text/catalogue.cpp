#include "engine/text/catalogue.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "engine/base/json.h"
#include "engine/text/file_text.h"
#include "engine/text/own_sentence.h"

namespace thien_an::text {
namespace {

boost::json::object words_of(const std::filesystem::path& path)
{
    auto parsed = json::parse(file_text(path));
    if (!parsed) {
        const auto& problem = parsed.problem();
        const auto line = problem.words.empty() ? "1" : problem.words.front().second;
        throw LoadError(fmt::format("{}:{}: {} {}", path.string(), line, problem.code, problem.field));
    }
    auto value = std::move(parsed).value();
    if (!value.is_object()) throw LoadError(path.string() + ":1: must be one object of strings");
    return std::move(value.as_object());
}

std::string_view text_of(const boost::json::value& v, std::string_view key, std::string_view where)
{
    if (!v.is_string()) throw LoadError(fmt::format("{}:1: {} is no string", where, key));
    return {v.get_string().data(), v.get_string().size()};
}

bool is_name(std::string_view text)
{
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
               c == '.';
    });
}

bool is_one(const boost::json::value& v)
{
    return (v.is_int64() && v.get_int64() == 1) || (v.is_uint64() && v.get_uint64() == 1) ||
           (v.is_string() && v.get_string() == "1");
}

}  // namespace

std::string_view code_of(Language language) { return language == Language::vi ? "vi" : "en"; }

Message::Message(std::string_view written) : written_(written)
{
    Piece piece;
    for (std::size_t at = 0; at < written.size(); ++at) {
        if (written[at] != '{') {
            piece.plain += written[at];
            continue;
        }
        if (at + 1 < written.size() && written[at + 1] == '{') {
            piece.plain += written[at++];
            continue;
        }
        const auto end = written.find('}', at);
        if (end == std::string_view::npos)
            throw LoadError(fmt::format("\"{}\": a place is not closed", written));
        std::string_view place = written.substr(at + 1, end - at - 1);
        const auto bar = std::min(place.find('|'), place.size());
        if (!is_name(place.substr(0, bar)))
            throw LoadError(fmt::format("\"{}\": {{{}}} is no name", written, place));
        piece.name = Name(place.substr(0, bar));
        if (bar < place.size()) {
            const auto forms = place.substr(bar + 1);
            const auto second = forms.find('|');
            if (second == std::string_view::npos)
                throw LoadError(fmt::format("\"{}\": {{{}}} needs two forms", written, place));
            piece.one = forms.substr(0, second);
            piece.many = forms.substr(second + 1);
        }
        pieces_.push_back(std::exchange(piece, {}));
        at = end;
    }
    if (!piece.plain.empty()) pieces_.push_back(std::move(piece));
}

void Message::fill(const Scopes& scopes, Escape escape, std::string& out) const
{
    const auto put = [&](std::string_view text) {
        if (escape == Escape::html)
            append_escaped(text, out);
        else
            out += text;
    };
    for (const auto& piece : pieces_) {
        put(piece.plain);
        if (piece.name.empty()) continue;
        const auto& value = scopes.get(piece.name);
        if (piece.many.empty() && piece.one.empty())
            append_value(value, piece.name, escape, out);
        else
            put(is_one(value) ? piece.one : piece.many);
    }
}

std::vector<std::string> Message::names() const
{
    std::set<std::string> names;
    for (const auto& piece : pieces_)
        if (!piece.name.empty()) names.insert(piece.name.text());
    return {names.begin(), names.end()};
}

std::vector<std::string> Message::values() const
{
    std::set<std::string> shown;
    for (const auto& piece : pieces_)
        if (!piece.name.empty() && piece.one.empty() && piece.many.empty()) shown.insert(piece.name.text());
    return {shown.begin(), shown.end()};
}

Catalogue Catalogue::load(std::span<const std::filesystem::path> folders)
{
    Catalogue all;
    for (const auto& folder : folders)
        all.add(words_of(folder / "words.vi.json"), words_of(folder / "words.en.json"), folder.string());
    return all;
}

void Catalogue::add(const boost::json::object& vi, const boost::json::object& en, std::string_view where)
{
    for (const auto& member : en)
        if (!vi.contains(member.key()))
            throw LoadError(fmt::format("{}:1: {} is only in English", where, std::string_view(member.key()))
            );
    for (const auto& member : vi) {
        const std::string key(member.key());
        const auto* english = en.if_contains(key);
        if (english == nullptr) throw LoadError(fmt::format("{}:1: {} is only in Vietnamese", where, key));
        Both both{Message(text_of(member.value(), key, where)), Message(text_of(*english, key, where))};
        if (both[0].names() != both[1].names())
            throw LoadError(fmt::format("{}:1: {} has other places in English", where, key));
        if (both[0].values() != both[1].values())
            throw LoadError(fmt::format("{}:1: {} shows other values in English", where, key));
        if (!messages_.emplace(key, std::move(both)).second)
            throw LoadError(fmt::format("{}:1: {} is given twice", where, key));
    }
}

bool Catalogue::contains(std::string_view key) const { return messages_.find(key) != messages_.end(); }

const Message& Catalogue::message(std::string_view key, Language language) const
{
    const auto found = messages_.find(key);
    if (found == messages_.end()) throw std::out_of_range("no words for " + std::string(key));
    return found->second.at(std::size_t(language));
}

std::string Catalogue::say(std::string_view key, Language language, const boost::json::value& words) const
{
    std::string out;
    message(key, language).fill(Scopes({&words}), Escape::none, out);
    return out;
}

std::string Catalogue::sentence(const Problem& problem, Language language) const
{
    boost::json::object words;
    for (const auto& [name, value] : problem.words) words[name] = value;
    const std::string key = "problem." + problem.code;
    if (contains(key)) {
        // A place the Problem has no word for stays visible, as its name: a wrong word must not cost the answer.
        for (const auto& name : message(key, language).names())
            if (!words.contains(name)) words[name] = name;
        return say(key, language, words);
    }
    // What a data pack says of itself travels with the Problem.
    const auto own = language == Language::en ? own_sentence_en : own_sentence_vi;
    for (const auto& [name, value] : problem.words)
        if (name == own && !value.empty()) return value;
    words["code"] = problem.code;
    return say("problem.untold", language, words);
}

std::vector<std::string> Catalogue::keys() const
{
    std::vector<std::string> out;
    for (const auto& [key, both] : messages_) out.push_back(key);
    std::sort(out.begin(), out.end());
    return out;
}

}  // namespace thien_an::text
