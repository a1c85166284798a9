#include "engine/workflow/feel_parser.h"

namespace thien_an::workflow::feel {

bool name_start(unsigned char c)
{
    return c == '_' || c >= 0x80 || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
bool name_part(unsigned char c) { return name_start(c) || (c >= '0' && c <= '9'); }

namespace {

/// Bytes of the white space at `at`, 0 for none: ASCII space and the spaces of Unicode the standard lists.
std::size_t space_at(std::string_view text, std::size_t at)
{
    const auto byte = [&](std::size_t i) {
        return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U;
    };
    if (byte(at) < 0x80) return byte(at) == ' ' || (byte(at) >= 9 && byte(at) <= 13) ? 1 : 0;
    if (byte(at) == 0xC2 && (byte(at + 1) == 0xA0 || byte(at + 1) == 0x85)) return 2;
    if (byte(at) == 0xE2 && byte(at + 1) == 0x80 && (byte(at + 2) <= 0x8B || (byte(at + 2) & 0xFEU) == 0xA8))
        return 3;
    if (byte(at) == 0xE2 && byte(at + 1) == 0x81 && byte(at + 2) == 0x9F) return 3;
    if (byte(at) == 0xE3 && byte(at + 1) == 0x80 && byte(at + 2) == 0x80) return 3;
    if (byte(at) == 0xEF && byte(at + 1) == 0xBB && byte(at + 2) == 0xBF) return 3;
    return 0;
}

}  // namespace

std::string tidied(std::string_view name)
{
    std::string out;
    for (std::size_t i = 0; i < name.size();) {
        const std::size_t space = space_at(name, i);
        if (space == 0) {
            out += name[i++];
            continue;
        }
        i += space;
        if (!out.empty() && out.back() != ' ') out += ' ';
    }
    if (!out.empty() && out.back() == ' ') out.pop_back();
    return out;
}

void Reader::skip()
{
    while (at_ < text_.size()) {
        if (const std::size_t space = space_at(text_, at_); space > 0) {
            at_ += space;
        } else if (text_.substr(at_, 2) == "//") {
            const auto end = text_.find('\n', at_);
            at_ = end == std::string_view::npos ? text_.size() : end + 1;
        } else if (text_.substr(at_, 2) == "/*") {
            const auto end = text_.find("*/", at_ + 2);
            if (end == std::string_view::npos) return;
            at_ = end + 2;
        } else {
            return;
        }
    }
}

bool Reader::end()
{
    skip();
    return at_ >= text_.size();
}

char Reader::peek()
{
    skip();
    return at_ < text_.size() ? text_[at_] : '\0';
}

bool Reader::take(std::string_view symbol)
{
    skip();
    if (text_.substr(at_, symbol.size()) != symbol) return false;
    at_ += symbol.size();
    return true;
}

bool Reader::sees_word(std::string_view keyword)
{
    skip();
    if (text_.substr(at_, keyword.size()) != keyword) return false;
    const std::size_t after = at_ + keyword.size();
    return after >= text_.size() || !name_part(static_cast<unsigned char>(text_[after])) ||
           space_at(text_, after) > 0;
}

bool Reader::word(std::string_view keyword)
{
    if (!sees_word(keyword)) return false;
    at_ += keyword.size();
    return true;
}

std::size_t Reader::match(std::string_view name) const
{
    std::size_t at = at_;
    for (std::size_t i = 0; i < name.size(); ++i) {
        if (name[i] == ' ') {
            std::size_t space = space_at(text_, at);
            if (space == 0) return 0;
            for (; space > 0; space = space_at(text_, at)) at += space;
            continue;
        }
        if (at >= text_.size() || text_[at] != name[i]) return 0;
        ++at;
    }
    const bool joined =
        at < text_.size() && name_part(static_cast<unsigned char>(text_[at])) && space_at(text_, at) == 0;
    if (joined && !name.empty() && name_part(static_cast<unsigned char>(name.back()))) return 0;
    return at - at_;
}

std::size_t Reader::word_length() const
{
    std::size_t at = at_;
    if (at >= text_.size() || !name_start(static_cast<unsigned char>(text_[at]))) return 0;
    while (at < text_.size() && name_part(static_cast<unsigned char>(text_[at])) && space_at(text_, at) == 0)
        ++at;
    return at - at_;
}

}  // namespace thien_an::workflow::feel
