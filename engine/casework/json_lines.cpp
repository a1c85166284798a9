#include "engine/casework/json_lines.h"

#include <string>

#include "engine/base/json.h"

namespace thien_an::casework {
namespace {

/// Walks valid JSON and remembers where the longest beginning of the pointer was met.
class Walk {
public:
    Walk(std::string_view text, std::string_view pointer) : text_(text), pointer_(pointer) {}

    int run()
    {
        value("");
        return best_line_;
    }

private:
    void space()
    {
        while (at_ < text_.size() && std::string_view(" \t\r\n").find(text_[at_]) != std::string_view::npos)
            step();
    }
    void step()
    {
        if (text_[at_] == '\n') ++line_;
        ++at_;
    }
    bool more() const { return at_ < text_.size(); }

    void meet(std::string_view here)
    {
        const bool begins =
            pointer_.starts_with(here) && (here.size() == pointer_.size() || pointer_[here.size()] == '/');
        if (!begins || here.size() < best_length_) return;
        best_length_ = here.size();
        best_line_ = line_;
    }

    void value(const std::string& here)
    {
        space();
        meet(here);
        if (!more()) return;
        if (text_[at_] == '{' || text_[at_] == '[')
            members(here, text_[at_] == '{');
        else if (text_[at_] == '"')
            static_cast<void>(string());
        else
            while (more() && std::string_view(",]} \t\r\n").find(text_[at_]) == std::string_view::npos)
                step();
    }

    void members(const std::string& here, bool named)
    {
        step();
        for (int i = 0; more(); ++i) {
            space();
            if (!more() || text_[at_] == '}' || text_[at_] == ']') break;
            std::string name = std::to_string(i);
            if (named) {
                name = json::escaped(string());
                space();
                if (more()) step();  // ':'
            }
            value(here + "/" + name);
            space();
            if (more() && text_[at_] == ',') step();
        }
        if (more()) step();
    }

    std::string string()
    {
        std::string out;
        step();
        while (more() && text_[at_] != '"') {
            if (text_[at_] == '\\') step();
            if (more()) {
                out += text_[at_];
                step();
            }
        }
        if (more()) step();
        return out;
    }

    std::string_view text_;
    std::string_view pointer_;
    std::size_t at_ = 0;
    std::size_t best_length_ = 0;
    int line_ = 1;
    int best_line_ = 1;
};

}  // namespace

int line_of(std::string_view text, std::string_view pointer) { return Walk(text, pointer).run(); }

}  // namespace thien_an::casework
