#include <charconv>

#include "engine/casework/form_compiled.h"

namespace thien_an::casework {
namespace {

std::string trimmed(std::string_view text)
{
    const auto first = text.find_first_not_of(" \t\r\n");
    if (first == std::string_view::npos) return "";
    return std::string(text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1));
}

std::string typed_value(const Typed& typed, std::string_view input)
{
    const auto found = typed.find(input);
    return found == typed.end() ? "" : found->second;
}

std::optional<std::int64_t> whole(std::string_view text)
{
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
}

/// Reads one step of a form.
class Decoder {
public:
    Decoder(const Typed& typed, const FormContext& context, Decoded& out)
        : typed_(typed), context_(context), out_(out)
    {
    }

    void read(const FieldPlace& field)
    {
        switch (field.widget) {
        case Widget::group: return;
        case Widget::date: return date(field);
        case Widget::number: return number(field);
        case Widget::checkbox: return put(field, !typed_value(typed_, input_of(field.pointer)).empty());
        case Widget::radio:
        case Widget::select: return choice(field);
        case Widget::text:
        case Widget::name:
        case Widget::textarea:
        case Widget::phone:
        case Widget::email:
        case Widget::unit:
        case Widget::hidden: return text(field);
        }
        throw std::logic_error("Widget outside its enumerators");
    }

private:
    void put(const FieldPlace& field, json::value v)
    {
        json::set(out_.document, field.pointer, std::move(v));
    }

    void fail(
        const FieldPlace& field, std::string code, std::vector<std::pair<std::string, std::string>> words = {}
    )
    {
        erase_at(out_.document, field.pointer);
        out_.errors.push_back(
            {field.pointer,
             input_of(field.pointer),
             code,
             error_sentence(field, nullptr, code, words, context_),
             field.step}
        );
    }

    void date(const FieldPlace& field)
    {
        const auto input = input_of(field.pointer);
        const auto day = trimmed(typed_value(typed_, input + ".day"));
        const auto month = trimmed(typed_value(typed_, input + ".month"));
        const auto year = trimmed(typed_value(typed_, input + ".year"));
        if (day.empty() && month.empty() && year.empty()) return erase_at(out_.document, field.pointer);
        const auto d = whole(day);
        const auto m = whole(month);
        const auto y = whole(year);
        const auto days = m && y ? days_of(*y, *m) : 0;
        if (!d || days == 0 || *d < 1 || *d > 31 || *y < 1000) return fail(field, "format");
        if (*d > days) return fail(field, "month_has_days", month_words(*y, *m));
        put(field, json::value(iso(Day{std::chrono::year{int(*y)} / int(*m) / int(*d)})));
    }

    void number(const FieldPlace& field)
    {
        const auto text = trimmed(typed_value(typed_, input_of(field.pointer)));
        if (text.empty()) return erase_at(out_.document, field.pointer);
        const auto value = whole(text);
        if (!value) return fail(field, "type");
        put(field, *value);
    }

    void choice(const FieldPlace& field)
    {
        const auto text = trimmed(typed_value(typed_, input_of(field.pointer)));
        if (text.empty()) return erase_at(out_.document, field.pointer);
        if (json::string_or(*field.schema, "type") != "boolean") return put(field, json::value(text));
        if (text != "true" && text != "false") return fail(field, "type");
        put(field, text == "true");
    }

    void text(const FieldPlace& field)
    {
        const auto input = input_of(field.pointer);
        auto typed = typed_value(typed_, input);
        if (!is_utf8(typed)) return fail(field, "encoding");
        // What is far too long is kept as it is and told by maxLength; nothing is spent on tidying it.
        constexpr std::size_t tidy_bytes_max = 20'000;
        if (typed.size() > tidy_bytes_max) typed.resize(tidy_bytes_max);
        while (!is_utf8(typed)) typed.pop_back();
        const auto encoding = guess_encoding(typed);
        if (encoding == Encoding::tcvn3 || encoding == Encoding::vni) {
            const auto better = converted(typed, encoding);
            if (typed_.contains(input + ".convert"))
                typed = better;
            else if (typed_value(typed_, input + ".keep") != typed)
                out_.doubts.push_back({field.pointer, input, encoding, typed, better});
        }
        const auto tidy = tidied_text(field, typed);
        if (tidy.empty()) return erase_at(out_.document, field.pointer);
        put(field, json::value(tidy));
    }

    const Typed& typed_;
    const FormContext& context_;
    Decoded& out_;
};

/// Marks that nobody sees and that turn or split what is seen: zero-width, direction and joining marks, byte order mark.
/// Their length in bytes at `at`; 0 when something else stands there.
std::size_t invisible_mark(std::string_view utf8, std::size_t at)
{
    const auto three = utf8.substr(at, 3);
    if (three.size() < 3) return 0;
    const auto last = static_cast<unsigned char>(three[2]);
    const bool general =
        three.starts_with("\xE2\x80") &&
        ((last >= 0x8B && last <= 0x8F) || (last >= 0xAA && last <= 0xAE));           // U+200B..F, U+202A..E
    const bool more = three.starts_with("\xE2\x81") && last >= 0xA0 && last <= 0xAF;  // U+2060..F
    return general || more || three == "\xEF\xBB\xBF" ? 3 : 0;
}

/// Without them and without control characters; a line end stays where lines are asked for, else it is a space.
std::string visible_text(std::string_view utf8, bool lines)
{
    std::string out;
    for (std::size_t at = 0; at < utf8.size();) {
        if (const auto mark = invisible_mark(utf8, at); mark > 0) {
            at += mark;
            continue;
        }
        const char c = utf8[at++];
        const bool control = static_cast<unsigned char>(c) < ' ' || c == 0x7f;
        if (!control || (lines && c == '\n'))
            out += c;
        else if (c == '\n' || c == '\t')
            out += ' ';
    }
    return out;
}

void tidy_below(const Form::Compiled& form, json::value& document)
{
    for (const auto& field : form.fields) {
        const auto* v = json::find(document, field.pointer);
        if (v == nullptr || !v->is_string()) continue;
        const std::string text(v->get_string());
        if (is_utf8(text)) json::set(document, field.pointer, json::value(tidied_text(field, text)));
    }
}

}  // namespace

std::string tidied_text(const FieldPlace& field, std::string_view typed)
{
    const bool is_name = json::string_or(*field.schema, "x-input") == "vietnamese_name";
    const bool lines = field.widget == Widget::textarea;
    auto text = trimmed(nfc(visible_text(typed, lines)));
    if (lines) return text;
    if (field.widget == Widget::phone || field.widget == Widget::unit) std::erase(text, ' ');
    if (field.widget == Widget::email) return lower(text);
    return is_name ? tidy_name(text) : text;
}

Typed without_converted(Typed typed, const std::vector<FieldError>& errors)
{
    constexpr std::string_view mark = ".convert";
    std::vector<std::string> converted;
    for (const auto& [name, value] : typed)
        if (name.ends_with(mark)) converted.push_back(name.substr(0, name.size() - mark.size()));
    for (const auto& input : converted)
        if (std::ranges::find(errors, input, &FieldError::input) == errors.end()) typed.erase(input);
    return typed;
}

Decoded Form::decode(
    std::string_view step, const Typed& typed, const json::value& before, const FormContext& context
) const
{
    Decoded out;
    out.document = before.is_object() ? before : json::value(json::object{});
    Decoder decoder(typed, context, out);
    for (const auto& field : compiled_->fields)
        if (field.step == step) decoder.read(field);
    prune(*compiled_, out.document, context);
    // What is not asked with these answers cannot be wrong.
    std::erase_if(out.errors, [&](const FieldError& error) {
        return !compiled_->is_shown(out.document, *compiled_->find(error.pointer), context);
    });
    std::erase_if(out.doubts, [&](const EncodingDoubt& doubt) {
        return !compiled_->is_shown(out.document, *compiled_->find(doubt.pointer), context);
    });
    return out;
}

json::value Form::tidied(const json::value& document, const FormContext& context) const
{
    json::value out = document.is_object() ? document : json::value(json::object{});
    tidy_below(*compiled_, out);
    // Only groups that are asked for are added; what was sent beside them stays and is judged.
    for (const auto& field : compiled_->fields)
        if (field.widget == Widget::group && json::find(out, field.pointer) == nullptr &&
            compiled_->is_required(out, field, context) && compiled_->is_shown(out, field, context))
            json::set(out, field.pointer, json::object{});
    return out;
}

json::value Form::carried(json::value document) const
{
    for (const auto& field : compiled_->fields) {
        const auto* same = json::member(*field.schema, "x-same-as");
        if (same == nullptr || json::find(document, field.pointer) != nullptr) continue;
        const auto* asked = json::find(document, json::string_or(*same, "when"));
        const auto* wanted = json::member(*same, "is");
        if (asked == nullptr || wanted == nullptr || *asked != *wanted) continue;
        const auto* value = json::member(*same, "value");
        if (value == nullptr) value = json::find(document, json::string_or(*same, "from"));
        if (value != nullptr) json::set(document, field.pointer, json::value(*value));
    }
    return document;
}

json::value Form::blank() const
{
    json::value out = json::object{};
    for (const auto& field : compiled_->fields)
        if (const auto* v = json::member(*field.schema, "default")) json::set(out, field.pointer, *v);
    return out;
}

}  // namespace thien_an::casework
