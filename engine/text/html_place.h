#pragma once

#include <string>
#include <string_view>

/// Where in an HTML document a piece of a template ends: what decides whether a value may stand there.
namespace thien_an::text {

class HtmlPlace {
public:
    enum class Kind {
        text,    ///< Between tags, also in <title> and <textarea>.
        tag,     ///< Inside a tag, outside values.
        quoted,  ///< In a double-quoted value.
        single_quoted,
        unquoted,  ///< After "name=" without a quote.
        raw,       ///< In <script> or <style>.
        comment,
    };

    /// Moves over `piece`. Returns why it is refused, "" when it is not: inline style or on... attributes, a script
    /// address.
    std::string advance(std::string_view piece);
    /// A value was written here.
    void value_passed();

    Kind kind() const { return kind_; }
    const std::string& attribute() const { return attribute_; }  ///< Lower case, while in a value.
    bool in_address() const;                                 ///< In a quoted value of href, src and the like.
    const std::string& written() const { return written_; }  ///< Literal text of the value so far.
    bool has_value() const { return has_value_; }            ///< A value already stands in this attribute.
    bool same_as(const HtmlPlace& other) const;              ///< A section may open here and close there.

private:
    void in_text(std::string_view piece, std::size_t& at);
    void in_tag(std::string_view piece, std::size_t& at, std::string& refused);
    void in_comment(std::string_view piece, std::size_t& at);
    void in_raw(std::string_view piece, std::size_t& at);
    void close_tag();
    std::string check_attribute() const;

    Kind kind_ = Kind::text;
    std::string tag_;  ///< Name of the tag being read, lower case.
    std::string raw_;  ///< Element whose end is awaited: script, style, title, textarea.
    std::string attribute_;
    std::string written_;
    bool naming_tag_ = false;
    bool after_equals_ = false;
    bool has_value_ = false;
};

}  // namespace thien_an::text
