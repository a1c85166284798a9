#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/workflow/feel_program.h"

/// The recursive descent from FEEL's text to its Program; used by compile() alone.
namespace thien_an::workflow::feel {

/// Characters and words of the text; knows positions, white space and comments.
class Reader {
public:
    explicit Reader(std::string_view text) : text_(text) {}

    void skip();  ///< White space and comments.
    bool end();
    char peek();  ///< After white space; '\0' at the end.
    char peek_at(std::size_t ahead) const { return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0'; }
    /// Takes the symbol when it stands here.
    bool take(std::string_view symbol);
    /// Takes the word when it stands here and no name character follows.
    bool word(std::string_view keyword);
    bool sees_word(std::string_view keyword);
    /// Length of `name` here, white space in it matching any white space; 0 when it does not stand here.
    std::size_t match(std::string_view name) const;
    /// Length of the run of name characters here.
    std::size_t word_length() const;
    std::string_view ahead(std::size_t length) const { return text_.substr(at_, length); }

    std::size_t at() const { return at_; }
    void go(std::size_t position) { at_ = position; }
    std::string_view text() const { return text_; }

private:
    std::string_view text_;
    std::size_t at_ = 0;
};

bool name_start(unsigned char c);
bool name_part(unsigned char c);
/// Single spaces, none at the ends.
std::string tidied(std::string_view name);

/// Counts a level of nesting while it lives.
struct NestingLevel {
    explicit NestingLevel(int& depth) : depth_(depth) { ++depth_; }
    ~NestingLevel() { --depth_; }
    NestingLevel(const NestingLevel&) = delete;
    NestingLevel& operator=(const NestingLevel&) = delete;

private:
    int& depth_;
};

class Parser {
public:
    Parser(std::string_view text, const Names& names);

    Result<Program> expression();
    Result<Program> unary_tests();

private:
    using Id = std::int32_t;  ///< Of a node.
    using Parsed = Result<Id>;
    enum class Found { nothing, local, variable, member, builtin };
    struct Match {
        Found found = Found::nothing;
        std::size_t length = 0;
        std::int32_t index = -1;  ///< Slot, or row of the library.
    };
    struct Local {
        std::string name;
        std::int32_t slot;
        bool item = false;  ///< The item of a filter.
    };

    Parsed parse_expression();
    Parsed parse_if();
    Parsed parse_for();
    Parsed parse_quantified(Op op);
    Parsed parse_function();
    Parsed parse_or();
    Parsed parse_and();
    Parsed parse_comparison();
    Parsed parse_in(Id left);
    Parsed parse_sum();
    Parsed parse_product();
    Parsed parse_power();
    Parsed parse_unary();
    Parsed parse_instance();
    Parsed parse_postfix();
    Parsed parse_call(Id function);
    Parsed parse_filter(Id list);
    Parsed parse_path(Id value);
    Parsed parse_primary();
    Parsed parse_literal();
    Parsed parse_number();
    Parsed parse_at_literal();
    Parsed parse_bracket();
    Parsed parse_parenthesis();
    Parsed parse_open_range();
    Parsed finish_range(Id low, bool low_closed);
    Parsed parse_half_range();
    Parsed parse_context();
    Parsed parse_name();
    Parsed parse_test();
    Parsed parse_test_list(bool negated);
    Parsed parse_domain();
    Result<Done> parse_iterators(std::vector<Id>& domains);
    Result<std::string> parse_text();
    Result<std::string> parse_key();
    Result<TypePtr> parse_type();
    Result<TypePtr> parse_generic(std::string_view name, TypePtr plain);
    Result<std::string> parse_loop_name();
    Result<Done> parse_parameters(Definition& definition);

    std::optional<Compare> take_comparison();
    std::optional<std::string> argument_name();
    Match best_match(bool members_too);
    Parsed name_node(const Match& match);
    Parsed item_node(std::string name, std::int32_t fallback);

    Id add(Node node, const std::vector<Id>& children = {});
    Id constant(Value value);
    std::int32_t name_index(std::string_view name);
    std::int32_t push(std::string name, bool item = false);
    void pop(std::size_t count);
    Problem syntax(std::string_view expected = "");
    Problem problem(std::string code, std::string_view found);
    Result<Program> finish(Parsed root);
    bool depth_left() const { return depth_ < 150; }

    Reader in_;
    const Names& names_;
    Program out_;
    std::vector<Local> locals_;
    std::vector<std::string> members_;
    std::int32_t input_slot_ = -1;
    bool input_used_ = false;
    int depth_ = 0;
    bool no_filter_ = false;  ///< The end of a range may be followed by '[', which closes it.
};

}  // namespace thien_an::workflow::feel
