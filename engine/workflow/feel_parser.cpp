#include "engine/workflow/feel_parser.h"

#include <algorithm>

namespace thien_an::workflow::feel {
Parser::Parser(std::string_view text, const Names& names) : in_(text), names_(names), members_(names.members)
{
    out_.text = std::string(text);
    out_.variables = names.variables;
    out_.globals = std::int32_t(names.variables.size());
    for (const char* known : {"time offset", "start included", "end included"}) members_.emplace_back(known);
}

Result<Program> Parser::finish(Parsed root)
{
    if (!root) return root.problem();
    if (!in_.end()) return syntax("end");
    out_.root = root.value();
    if (out_.nodes[std::size_t(out_.root)].depth > 900) return problem("feel.too_deep", "");
    std::sort(out_.reads.begin(), out_.reads.end());
    out_.reads.erase(std::unique(out_.reads.begin(), out_.reads.end()), out_.reads.end());
    return std::move(out_);
}

Result<Program> Parser::expression() { return finish(parse_expression()); }

Result<Program> Parser::unary_tests()
{
    out_.tests = true;
    input_slot_ = push("?");
    const std::size_t start = in_.at();
    if (in_.take("-") && in_.end()) return finish(add({.op = Op::tests, .a = 0, .b = input_slot_}));
    in_.go(start);
    if (in_.word("not") && in_.take("(")) {
        auto tests = parse_test_list(true);
        if (tests && in_.take(")") && in_.end()) return finish(std::move(tests));
    }
    in_.go(start);
    return finish(parse_test_list(false));
}

Parser::Parsed Parser::parse_test_list(bool negated)
{
    std::vector<Id> tests;
    do {
        input_used_ = false;
        const Id child = TRY(parse_test());
        tests.push_back(add({.op = Op::test, .a = input_used_ ? 1 : 0}, {child}));
    } while (in_.take(","));
    return add({.op = Op::tests, .a = negated ? 1 : 0, .b = input_slot_}, tests);
}

Parser::Parsed Parser::parse_test()
{
    const std::size_t start = in_.at();
    if (take_comparison()) {
        in_.go(start);
        return parse_half_range();
    }
    return parse_expression();
}

Parser::Parsed Parser::parse_half_range()
{
    const auto compare = take_comparison();
    const Id end = TRY(parse_sum());
    if (*compare == Compare::equal) return end;
    if (*compare == Compare::not_equal) return add({.op = Op::not_equal_test}, {end});
    return add({.op = Op::half_range, .a = std::int32_t(*compare)}, {end});
}

Parser::Parsed Parser::parse_expression()
{
    const NestingLevel level(depth_);
    if (!depth_left()) return problem("feel.too_deep", "");
    in_.skip();
    const auto keyword = [&](std::string_view word) {
        return in_.sees_word(word) && best_match(false).length <= word.size();
    };
    if (keyword("if")) return parse_if();
    if (keyword("for")) return parse_for();
    if (keyword("some")) return parse_quantified(Op::some_in);
    if (keyword("every")) return parse_quantified(Op::every_in);
    return parse_or();
}

Parser::Parsed Parser::parse_if()
{
    in_.word("if");
    const Id condition = TRY(parse_expression());
    if (!in_.word("then")) return syntax("then");
    const Id yes = TRY(parse_expression());
    if (!in_.word("else")) return syntax("else");
    const Id no = TRY(parse_expression());
    return add({.op = Op::if_then_else}, {condition, yes, no});
}

Parser::Parsed Parser::parse_domain()
{
    const Id low = TRY(parse_expression());
    if (!in_.take("..")) return low;
    const Id high = TRY(parse_expression());
    return add({.op = Op::iteration}, {low, high});
}

Result<std::string> Parser::parse_loop_name()
{
    in_.skip();
    const std::size_t from = in_.at();
    std::size_t to = from;
    while (!in_.end() && !(to > from && in_.sees_word("in"))) {
        const std::size_t length = in_.word_length();
        if (length == 0) return syntax("in");
        in_.go(in_.at() + length);
        to = in_.at();
    }
    if (to == from) return syntax("name");
    return tidied(in_.text().substr(from, to - from));
}

/// Pushes one local for each iterator.
Result<Done> Parser::parse_iterators(std::vector<Id>& domains)
{
    do {
        std::string name = TRY(parse_loop_name());
        if (!in_.word("in")) return syntax("in");
        domains.push_back(TRY(parse_domain()));
        push(std::move(name));
    } while (in_.take(","));
    return Done{};
}

Parser::Parsed Parser::parse_for()
{
    in_.word("for");
    const std::size_t before = locals_.size();
    const auto slot = out_.globals + std::int32_t(before);
    std::vector<Id> children;
    TRY(parse_iterators(children));
    if (!in_.word("return")) return syntax("return");
    push("partial");
    children.push_back(TRY(parse_expression()));
    pop(locals_.size() - before);
    return add({.op = Op::for_in, .a = slot}, children);
}

Parser::Parsed Parser::parse_quantified(Op op)
{
    in_.word(op == Op::some_in ? "some" : "every");
    const std::size_t before = locals_.size();
    const auto slot = out_.globals + std::int32_t(before);
    std::vector<Id> children;
    TRY(parse_iterators(children));
    if (!in_.word("satisfies")) return syntax("satisfies");
    children.push_back(TRY(parse_expression()));
    pop(locals_.size() - before);
    return add({.op = op, .a = slot}, children);
}

Result<Done> Parser::parse_parameters(Definition& definition)
{
    if (!in_.take("(")) return syntax("(");
    if (in_.take(")")) return Done{};
    do {
        in_.skip();
        const std::size_t from = in_.at();
        while (in_.at() < in_.text().size() &&
               std::string_view(":,)").find(in_.text()[in_.at()]) == std::string_view::npos)
            in_.go(in_.at() + 1);
        definition.parameters.push_back(tidied(in_.text().substr(from, in_.at() - from)));
        if (definition.parameters.back().empty()) return syntax("name");
        definition.types.push_back(in_.take(":") ? TRY(parse_type()) : nullptr);
    } while (in_.take(","));
    if (!in_.take(")")) return syntax(")");
    return Done{};
}

Parser::Parsed Parser::parse_function()
{
    in_.word("function");
    Definition definition;
    TRY(parse_parameters(definition));
    definition.external = in_.word("external");
    definition.slot = out_.globals + std::int32_t(locals_.size());
    for (const auto& parameter : definition.parameters) push(parameter);
    const Id body = TRY(parse_expression());
    pop(definition.parameters.size());
    out_.definitions.push_back(std::move(definition));
    return add({.op = Op::function, .a = std::int32_t(out_.definitions.size() - 1)}, {body});
}

Parser::Parsed Parser::parse_or()
{
    std::vector<Id> parts{TRY(parse_and())};
    while (in_.word("or")) parts.push_back(TRY(parse_and()));
    return parts.size() == 1 ? parts[0] : add({.op = Op::or_any}, parts);
}

Parser::Parsed Parser::parse_and()
{
    std::vector<Id> parts{TRY(parse_comparison())};
    while (in_.word("and")) parts.push_back(TRY(parse_comparison()));
    return parts.size() == 1 ? parts[0] : add({.op = Op::and_all}, parts);
}

std::optional<Compare> Parser::take_comparison()
{
    if (in_.take("!=")) return Compare::not_equal;
    if (in_.take("<=")) return Compare::less_equal;
    if (in_.take(">=")) return Compare::greater_equal;
    if (in_.take("<")) return Compare::less;
    if (in_.take(">")) return Compare::greater;
    if (in_.take("=")) return Compare::equal;
    return std::nullopt;
}

Parser::Parsed Parser::parse_comparison()
{
    Id left = TRY(parse_sum());
    while (true) {
        if (const auto compare = take_comparison()) {
            const Id right = TRY(parse_sum());
            left = add({.op = Op::compare, .a = std::int32_t(*compare)}, {left, right});
        } else if (in_.word("between")) {
            const Id low = TRY(parse_sum());
            if (!in_.word("and")) return syntax("and");
            const Id high = TRY(parse_sum());
            left = add({.op = Op::between}, {left, low, high});
        } else if (in_.word("in")) {
            left = TRY(parse_in(left));
        } else {
            return left;
        }
    }
}

/// A list of tests in parentheses, or one test; "(1..5)" is one test although it begins like a list.
Parser::Parsed Parser::parse_in(Id left)
{
    std::vector<Id> children{left};
    const std::size_t start = in_.at();
    if (in_.take("(")) {
        bool list = true;
        do {
            const auto test = parse_test();
            list = bool(test);
            if (list) children.push_back(test.value());
        } while (list && in_.take(","));
        if (list && in_.take(")")) return add({.op = Op::in_tests}, children);
        in_.go(start);
        children.resize(1);
    }
    if (take_comparison()) {
        in_.skip();
        in_.go(start);
        children.push_back(TRY(parse_half_range()));
    } else {
        children.push_back(TRY(parse_sum()));
    }
    return add({.op = Op::in_tests}, children);
}

Parser::Parsed Parser::parse_sum()
{
    Id left = TRY(parse_product());
    while (true) {
        if (in_.take("+")) {
            left = add({.op = Op::add}, {left, TRY(parse_product())});
        } else if (in_.take("-")) {
            left = add({.op = Op::subtract}, {left, TRY(parse_product())});
        } else {
            return left;
        }
    }
}

Parser::Parsed Parser::parse_product()
{
    Id left = TRY(parse_power());
    while (true) {
        if (in_.peek() == '*' && in_.peek_at(1) != '*' && in_.take("*")) {
            left = add({.op = Op::multiply}, {left, TRY(parse_power())});
        } else if (in_.take("/")) {
            left = add({.op = Op::divide}, {left, TRY(parse_power())});
        } else {
            return left;
        }
    }
}

Parser::Parsed Parser::parse_power()
{
    Id left = TRY(parse_unary());
    while (in_.take("**")) left = add({.op = Op::power}, {left, TRY(parse_unary())});
    return left;
}

Parser::Parsed Parser::parse_unary()
{
    const NestingLevel level(depth_);
    if (!depth_left()) return problem("feel.too_deep", "");
    if (in_.take("-")) return add({.op = Op::negate}, {TRY(parse_unary())});
    return parse_instance();
}

Parser::Parsed Parser::parse_instance()
{
    Id value = TRY(parse_postfix());
    while (in_.sees_word("instance")) {
        in_.word("instance");
        if (!in_.word("of")) return syntax("of");
        out_.types.push_back(TRY(parse_type()));
        value = add({.op = Op::instance_of, .a = std::int32_t(out_.types.size() - 1)}, {value});
    }
    return value;
}

Parser::Parsed Parser::parse_postfix()
{
    Id value = TRY(parse_primary());
    while (true) {
        const char next = in_.peek();
        if (next == '.' && in_.peek_at(1) != '.') {
            value = TRY(parse_path(value));
        } else if (next == '[' && !no_filter_) {
            value = TRY(parse_filter(value));
        } else if (next == '(') {
            value = TRY(parse_call(value));
        } else {
            return value;
        }
    }
}

Parser::Parsed Parser::parse_path(Id value)
{
    in_.take(".");
    in_.skip();
    std::size_t length = in_.word_length();
    for (const auto& member : members_) length = std::max(length, in_.match(member));
    if (length == 0) return syntax("name");
    const auto name = name_index(tidied(in_.ahead(length)));
    in_.go(in_.at() + length);
    return add({.op = Op::path, .a = name}, {value});
}

Parser::Parsed Parser::parse_filter(Id list)
{
    in_.take("[");
    const auto slot = push("item", true);
    const Id condition = TRY(parse_expression());
    pop(1);
    if (!in_.take("]")) return syntax("]");
    return add({.op = Op::filter, .a = slot}, {list, condition});
}

/// The name before ':' when an argument is given by name.
std::optional<std::string> Parser::argument_name()
{
    in_.skip();
    const std::size_t from = in_.at();
    while (!in_.end() && in_.word_length() > 0) in_.go(in_.at() + in_.word_length());
    const bool named = in_.at() > from && in_.peek() == ':';
    const std::string name = tidied(in_.text().substr(from, in_.at() - from));
    if (named) return name;
    in_.go(from);
    return std::nullopt;
}

Parser::Parsed Parser::parse_call(Id function)
{
    in_.take("(");
    std::vector<Id> children{function};
    if (in_.take(")")) return add({.op = Op::call}, children);
    bool named = false;
    do {
        if (auto name = argument_name()) {
            named = true;
            in_.take(":");
            children.push_back(name_index(*name));
        } else if (named) {
            return syntax("name");
        }
        children.push_back(TRY(parse_expression()));
    } while (in_.take(","));
    if (!in_.take(")")) return syntax(")");
    return add({.op = named ? Op::call_named : Op::call}, children);
}

Result<Expression> compile(std::string_view text, const Names& names)
{
    return Expression(std::make_shared<const Program>(TRY(Parser(text, names).expression())));
}

Result<Expression> compile_tests(std::string_view text, const Names& names)
{
    return Expression(std::make_shared<const Program>(TRY(Parser(text, names).unary_tests())));
}

}  // namespace thien_an::workflow::feel
