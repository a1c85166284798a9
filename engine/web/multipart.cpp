#include "engine/web/multipart.h"

#include <algorithm>

#include "engine/base/vietnamese.h"
#include "engine/web/ascii.h"
#include "engine/web/url.h"

namespace thien_an::web {
namespace {

const Problem bad_form{.code = "web.bad_form", .field = "", .law = ""};

/// The last part of a path as any system writes it, without control characters, at most 200 bytes.
std::string clean_file_name(std::string_view name)
{
    name = name.substr(name.find_last_of("/\\") == std::string_view::npos ? 0 : name.find_last_of("/\\") + 1);
    std::string out;
    for (const char c : name)
        if (static_cast<unsigned char>(c) >= ' ' && c != 0x7f) out += c;
    while (out.size() > 200) {
        out.pop_back();
        while (!out.empty() && (static_cast<unsigned char>(out.back()) & 0xC0) == 0x80) out.pop_back();
    }
    while (!out.empty() && !is_utf8(out)) out.pop_back();
    return out;
}

Result<PartHead> part_head(std::string_view text)
{
    PartHead head;
    bool named = false;
    while (!text.empty()) {
        const auto end = std::min(text.find("\r\n"), text.size());
        const auto line = text.substr(0, end);
        text.remove_prefix(std::min(end + 2, text.size()));
        const auto colon = line.find(':');
        if (colon == std::string_view::npos) return bad_form;
        std::string name(line.substr(0, colon));
        std::transform(name.begin(), name.end(), name.begin(), [](char c) {
            return c >= 'A' && c <= 'Z' ? char(c + 32) : c;
        });
        auto value = parse_header_value(line.substr(colon + 1));
        if (name == "content-type" && value) head.type = value->first;
        if (name != "content-disposition") continue;
        if (named || !value || value->first != "form-data" || !value->parameters.has("name")) return bad_form;
        named = true;
        head.name = value->parameters.get("name");
        head.is_file = value->parameters.has("filename");
        head.file_name = clean_file_name(value->parameters.get("filename"));
    }
    if (!named || !is_utf8(head.name)) return bad_form;
    return head;
}

}  // namespace

MultipartReader::MultipartReader(std::string_view boundary, PartSink& sink)
    : delimiter_("\r\n--" + std::string(boundary)), sink_(sink), held_("\r\n")
{
    // The first boundary needs no line end before it: one is put there, so that every boundary looks alike.
}

Result<Done> MultipartReader::feed(std::string_view bytes)
{
    if (state_ == State::done) return Done{};  // What follows the last boundary is nobody's.
    held_ += bytes;
    while (TRY(step())) {
    }
    return Done{};
}

Result<Done> MultipartReader::finish() const
{
    if (state_ != State::done) return bad_form;
    return Done{};
}

Result<bool> MultipartReader::step()
{
    switch (state_) {
    case State::preamble: return find_boundary();
    case State::after_boundary: return read_after_boundary();
    case State::head: return read_head();
    case State::content: return read_content();
    case State::done: return false;
    }
    throw std::logic_error("State outside its enumerators");
}

Result<bool> MultipartReader::find_boundary()
{
    const auto at = held_.find(delimiter_);
    if (at == std::string::npos) {
        // A preamble is allowed but nobody sends one of a page's length.
        if (held_.size() > part_head_bytes_max) return bad_form;
        return false;
    }
    held_.erase(0, at + delimiter_.size());
    state_ = State::after_boundary;
    return true;
}

Result<bool> MultipartReader::read_after_boundary()
{
    if (held_.size() < 2) return false;
    if (held_.starts_with("--")) {
        state_ = State::done;
        held_.clear();
        return false;
    }
    if (!held_.starts_with("\r\n")) return bad_form;
    held_.erase(0, 2);
    if (++parts_ > multipart_parts_max) return bad_form;
    state_ = State::head;
    return true;
}

Result<bool> MultipartReader::read_head()
{
    const auto end = held_.find("\r\n\r\n");
    if (end == std::string::npos || end > part_head_bytes_max) {
        if (held_.size() > part_head_bytes_max) return bad_form;
        return false;
    }
    TRY(sink_.begin(TRY(part_head(std::string_view(held_).substr(0, end)))));
    held_.erase(0, end + 4);
    state_ = State::content;
    return true;
}

Result<bool> MultipartReader::read_content()
{
    const auto at = held_.find(delimiter_);
    const bool ends = at != std::string::npos;
    // Keep back what may be the start of a boundary.
    const auto sure = ends ? at : held_.size() - std::min(held_.size(), delimiter_.size() - 1);
    if (sure > 0) TRY(sink_.more(std::string_view(held_).substr(0, sure)));
    held_.erase(0, sure);
    if (!ends) return false;
    TRY(sink_.end());
    held_.erase(0, delimiter_.size());
    state_ = State::after_boundary;
    return true;
}

std::string boundary_of(std::string_view content_type)
{
    const auto value = parse_header_value(content_type);
    if (!value || value->first != "multipart/form-data") return "";
    auto boundary = value->parameters.get("boundary");
    if (boundary.empty() || boundary.size() > 70 || boundary.find_first_of("\r\n") != std::string::npos)
        return "";
    return boundary;
}

}  // namespace thien_an::web
