#include "engine/casework/shared_files.h"

#include <fstream>
#include <map>
#include <sstream>

namespace thien_an::casework {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view reference = "$shared";
constexpr std::string_view file_mark = "shared:";
constexpr int depth_max = 8;

std::string text_of_file(const fs::path& path)
{
    std::ifstream in(path, std::ios::binary);
    std::stringstream text;
    text << in.rdbuf();
    if (!in) throw std::runtime_error("cannot read " + path.string());
    return text.str();
}

/// Names below the shared folder only.
bool is_plain_name(std::string_view name)
{
    return !name.empty() && name.front() != '/' && name.find("..") == std::string_view::npos;
}

class Reader {
public:
    Reader(FolderFiles files, fs::path shared) : shared_(std::move(shared)) { out_.files = std::move(files); }

    ReadFolder run()
    {
        std::vector<std::string> names;
        for (const auto& [name, text] : out_.files)
            if (name.ends_with(".json") && text.find(reference) != std::string::npos) names.push_back(name);
        for (const auto& name : names) expand_file(name);
        take_files();
        return std::move(out_);
    }

private:
    void fault(std::string code, std::string_view file, std::string_view pointer)
    {
        out_.faults.push_back(
            {file_,
             0,
             {.code = std::move(code),
              .field = "",
              .law = "",
              .words = {{"file", std::string(file)}, {"pointer", std::string(pointer)}}}}
        );
    }

    void expand_file(const std::string& name)
    {
        file_ = name;
        auto& text = out_.files[name];
        // What is no JSON is told by whoever loads the folder.
        auto parsed = json::parse(text);
        if (!parsed) return;
        auto v = std::move(parsed).value();
        expand(v, 0);
        text = readable(v);
    }

    void expand(json::value& v, int depth)
    {
        if (auto* array = v.if_array()) {
            for (auto& one : *array) expand(one, depth);
            return;
        }
        auto* object = v.if_object();
        if (object == nullptr) return;
        if (const auto* named = object->if_contains(reference); named != nullptr && named->is_string()) {
            auto shared = shared_value(std::string(named->get_string()), depth);
            object->erase(reference);
            v = object->empty() ? std::move(shared) : merged(std::move(shared), v);
            // The members laid over may refer on.
            if (auto* now = v.if_object())
                for (auto& member : *now) expand(member.value(), depth);
            return;
        }
        for (auto& member : *object) expand(member.value(), depth);
    }

    json::value shared_value(const std::string& named, int depth)
    {
        const auto hash = std::min(named.find('#'), named.size());
        const auto file = named.substr(0, hash);
        const auto pointer = hash < named.size() ? named.substr(hash + 1) : "";
        if (depth >= depth_max) {
            fault("packs.shared_loops", file, pointer);
            return json::object{};
        }
        const auto* document = document_of(file);
        const auto* found = document == nullptr ? nullptr : json::find(*document, pointer);
        if (found == nullptr) {
            fault("packs.shared_missing", file, pointer);
            return json::object{};
        }
        auto out = *found;
        expand(out, depth + 1);
        return out;
    }

    const json::value* document_of(const std::string& file)
    {
        if (const auto known = documents_.find(file); known != documents_.end()) return &known->second;
        const auto path = shared_ / file;
        if (!is_plain_name(file) || !fs::is_regular_file(path)) return nullptr;
        auto parsed = json::parse(text_of_file(path));
        if (!parsed) {
            out_.faults.push_back({file_, 0, parsed.problem()});
            return nullptr;
        }
        return &documents_.emplace(file, std::move(parsed).value()).first->second;
    }

    /// "shared:NAME" in procedure.json "files", at any depth.
    void take_files()
    {
        file_ = "procedure.json";
        const auto found = out_.files.find(file_);
        if (found == out_.files.end() || found->second.find(file_mark) == std::string::npos) return;
        auto parsed = json::parse(found->second);
        if (!parsed) return;
        auto v = std::move(parsed).value();
        auto* object = v.if_object();
        auto* files = object == nullptr ? nullptr : object->if_contains("files");
        if (files == nullptr) return;
        take_named(*files);
        out_.files[file_] = readable(v);
    }

    void take_named(json::value& v)
    {
        if (auto* object = v.if_object())
            for (auto& member : *object) take_named(member.value());
        if (!v.is_string() || !std::string_view(v.get_string()).starts_with(file_mark)) return;
        const std::string name(std::string_view(v.get_string()).substr(file_mark.size()));
        const auto path = shared_ / name;
        v = json::value(name);
        if (!is_plain_name(name) || !fs::is_regular_file(path))
            return fault("packs.shared_missing", name, "");
        if (out_.files.contains(name)) return;
        out_.files.emplace(name, text_of_file(path));
        if (name.ends_with(".json")) {
            expand_file(name);
            file_ = "procedure.json";
        }
    }

    fs::path shared_;
    ReadFolder out_;
    std::string file_;
    std::map<std::string, json::value, std::less<>> documents_;
};

bool is_flat(const json::value& v)
{
    constexpr std::size_t short_line = 90;
    if (v.is_object() || v.is_array()) return json::text_of(v).size() <= short_line;
    return true;
}

void write(const json::value& v, std::string& out, std::size_t level)
{
    if (is_flat(v)) {
        out += json::text_of(v);
        return;
    }
    const std::string indent(2 * (level + 1), ' ');
    bool first = true;
    const auto begin = [&] {
        out += first ? "\n" : ",\n";
        out += indent;
        first = false;
    };
    out += v.is_object() ? "{" : "[";
    if (const auto* object = v.if_object())
        for (const auto& member : *object) {
            begin();
            out += json::text_of(json::value(member.key())) + ": ";
            write(member.value(), out, level + 1);
        }
    else
        for (const auto& one : v.get_array()) {
            begin();
            write(one, out, level + 1);
        }
    out += "\n" + std::string(2 * level, ' ') + (v.is_object() ? "}" : "]");
}

}  // namespace

json::value merged(json::value target, const json::value& patch)
{
    const auto* members = patch.if_object();
    if (members == nullptr) return patch;
    if (!target.is_object()) target = json::object{};
    auto& object = target.get_object();
    for (const auto& member : *members) {
        if (member.value().is_null()) {
            object.erase(member.key());
            continue;
        }
        auto* before = object.if_contains(member.key());
        object[member.key()] = merged(before == nullptr ? json::value() : *before, member.value());
    }
    return target;
}

std::string readable(const json::value& v)
{
    std::string out;
    write(v, out, 0);
    return out + "\n";
}

ReadFolder read_folder(const fs::path& folder, const fs::path& shared)
{
    FolderFiles files;
    for (const auto& entry : fs::recursive_directory_iterator(folder))
        if (entry.is_regular_file())
            files.emplace(fs::relative(entry.path(), folder).generic_string(), text_of_file(entry.path()));
    return Reader(std::move(files), shared).run();
}

}  // namespace thien_an::casework
