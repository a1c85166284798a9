#include <algorithm>
#include <array>

#include "engine/workflow/feel_arguments.h"

// Lists, booleans and contexts.
namespace thien_an::workflow::feel {
namespace {

bool same(const Value& a, const Value& b) { return equals(a, b).is_true(); }

Value fn_not(Evaluation&, Arguments& a)
{
    const Value& v = single(a[0]);
    return v.boolean() != nullptr ? Value(!*v.boolean()) : Value{};
}

Value fn_is(Evaluation&, Arguments& a)
{
    if (a[0].kind() != a[1].kind()) return false;
    // Times are the same thing only with the same zone as written.
    if (a[0].time() != nullptr || a[0].date_time() != nullptr) return text_of(a[0]) == text_of(a[1]);
    return same(a[0], a[1]);
}

Value fn_contains(Evaluation&, Arguments& a)
{
    const auto list = list_at(a, 0);
    if (!list) return {};
    return std::any_of(list->begin(), list->end(), [&](const Value& item) { return same(item, a[1]); });
}

Value fn_count(Evaluation&, Arguments& a)
{
    const auto list = all_of(a);
    return list ? Value(std::int64_t(list->size())) : Value{};
}

Value extreme(const Arguments& a, int sign)
{
    const auto list = all_of(a);
    if (!list || list->empty()) return {};
    Value best = list->front();
    for (const auto& item : *list) {
        const auto order = compare(item, best);
        if (!order) return {};
        if (*order * sign > 0) best = item;
    }
    return best;
}
Value fn_min(Evaluation&, Arguments& a) { return extreme(a, -1); }
Value fn_max(Evaluation&, Arguments& a) { return extreme(a, 1); }

Value every(const Arguments& a, bool wanted)
{
    const auto list = all_of(a);
    if (!list) return {};
    bool unknown = false;
    for (const auto& item : *list) {
        if (item.boolean() != nullptr && *item.boolean() != wanted) return !wanted;
        unknown = unknown || item.boolean() == nullptr;
    }
    return unknown ? Value{} : Value(wanted);
}
Value fn_all(Evaluation&, Arguments& a) { return every(a, true); }
Value fn_any(Evaluation&, Arguments& a) { return every(a, false); }

/// A position from 1 or from -1, as an index below `size`; nothing outside.
std::optional<std::size_t> place(const Arguments& a, std::size_t i, std::size_t size)
{
    const auto given = integer_at(a, i);
    if (!given || *given == 0) return std::nullopt;
    const std::int64_t at = *given > 0 ? *given - 1 : std::int64_t(size) + *given;
    return at >= 0 && at < std::int64_t(size) ? std::optional(std::size_t(at)) : std::nullopt;
}

Value fn_sublist(Evaluation&, Arguments& a)
{
    const auto list = list_at(a, 0);
    if (!list) return {};
    const auto from = place(a, 1, list->size());
    if (!from) return {};
    std::size_t length = list->size() - *from;
    if (a.size() > 2) {
        const auto given = integer_at(a, 2);
        if (!given || *given < 1 || std::size_t(*given) > length) return {};
        length = std::size_t(*given);
    }
    const auto start = list->begin() + std::ptrdiff_t(*from);
    return List(start, start + std::ptrdiff_t(length));
}

Value fn_append(Evaluation&, Arguments& a)
{
    auto list = list_at(a, 0);
    if (!list) return {};
    list->insert(list->end(), a.begin() + 1, a.end());
    return std::move(*list);
}

Value fn_concatenate(Evaluation&, Arguments& a)
{
    List out;
    for (std::size_t i = 0; i < a.size(); ++i) {
        const auto list = list_at(a, i);
        if (!list) return {};
        out.insert(out.end(), list->begin(), list->end());
    }
    return out;
}

Value fn_insert(Evaluation&, Arguments& a)
{
    auto list = list_at(a, 0);
    if (!list) return {};
    const auto at = place(a, 1, list->size());
    if (!at) return {};
    list->insert(list->begin() + std::ptrdiff_t(*at), a[2]);
    return std::move(*list);
}

Value fn_remove(Evaluation&, Arguments& a)
{
    auto list = list_at(a, 0);
    if (!list) return {};
    const auto at = place(a, 1, list->size());
    if (!at) return {};
    list->erase(list->begin() + std::ptrdiff_t(*at));
    return std::move(*list);
}

Value fn_list_replace(Evaluation& evaluation, Arguments& a)
{
    const auto given = list_at(a, 0);
    if (!given) return {};
    List list = *given;
    if (const auto* matches = a[1].function()) {
        if (matches->parameters.size() != 2) return {};
        for (auto& item : list) {
            const Value hit = evaluation.call(*matches, {item, a[2]});
            if (hit.boolean() == nullptr) return {};
            if (hit.is_true()) item = a[2];
        }
        return list;
    }
    const auto at = place(a, 1, list.size());
    if (!at) return {};
    list[*at] = a[2];
    return list;
}

Value fn_reverse(Evaluation&, Arguments& a)
{
    auto list = list_at(a, 0);
    if (!list) return {};
    std::reverse(list->begin(), list->end());
    return std::move(*list);
}

Value fn_index_of(Evaluation&, Arguments& a)
{
    const auto list = list_at(a, 0);
    if (!list) return {};
    List out;
    for (std::size_t i = 0; i < list->size(); ++i)
        if (same((*list)[i], a[1])) out.emplace_back(std::int64_t(i) + 1);
    return out;
}

List distinct(const List& list)
{
    List out;
    for (const auto& item : list)
        if (std::none_of(out.begin(), out.end(), [&](const Value& seen) { return same(seen, item); }))
            out.push_back(item);
    return out;
}

Value fn_union(Evaluation& evaluation, Arguments& a)
{
    const Value all = fn_concatenate(evaluation, a);
    return all.list() != nullptr ? Value(distinct(*all.list())) : Value{};
}

Value fn_distinct(Evaluation&, Arguments& a)
{
    const auto list = list_at(a, 0);
    return list ? Value(distinct(*list)) : Value{};
}

void flatten_into(const List& list, List& out)
{
    for (const auto& item : list) {
        if (item.list() != nullptr)
            flatten_into(*item.list(), out);
        else
            out.push_back(item);
    }
}

Value fn_flatten(Evaluation&, Arguments& a)
{
    const auto list = list_at(a, 0);
    if (!list) return {};
    List out;
    flatten_into(*list, out);
    return out;
}

Value fn_sort(Evaluation& evaluation, Arguments& a)
{
    auto list = list_at(a, 0);
    if (!list) return {};
    if (a.size() > 1 && (a[1].function() == nullptr)) return {};
    bool failed = false;
    const auto less = [&](const Value& x, const Value& y) {
        if (a.size() > 1) {
            const Value answer = evaluation.call(*a[1].function(), {x, y});
            failed = failed || answer.boolean() == nullptr;
            return answer.is_true();
        }
        const auto order = compare(x, y);
        failed = failed || !order;
        return order && *order < 0;
    };
    // Insertion by halves: an unreasonable comparison gives a wrong order, never a crash.
    List out;
    for (const auto& item : *list) {
        std::size_t low = 0;
        std::size_t high = out.size();
        while (low < high) {
            const std::size_t middle = (low + high) / 2;
            if (less(item, out[middle]))
                high = middle;
            else
                low = middle + 1;
        }
        out.insert(out.begin() + std::ptrdiff_t(low), item);
    }
    return failed ? Value{} : Value(std::move(out));
}

Value fn_get_value(Evaluation&, Arguments& a)
{
    const auto* context = a[0].context();
    if (context == nullptr) return {};
    if (a[1].text() != nullptr) return member_of(a[0], *a[1].text());
    if (a[1].list() == nullptr) return {};
    Value at = a[0];
    for (const auto& key : *a[1].list()) {
        if (key.text() == nullptr || at.context() == nullptr) return {};
        at = member_of(at, *key.text());
    }
    return at;
}

Value fn_get_entries(Evaluation&, Arguments& a)
{
    if (a[0].context() == nullptr) return {};
    List out;
    for (const auto& [name, value] : a[0].context()->entries) {
        Context entry;
        entry.put("key", name);
        entry.put("value", value);
        out.emplace_back(std::move(entry));
    }
    return out;
}

Value fn_context(Evaluation&, Arguments& a)
{
    const auto list = list_at(a, 0);
    if (!list) return {};
    Context out;
    for (const auto& entry : *list) {
        if (entry.context() == nullptr) return {};
        const auto* key = entry.context()->find("key");
        const auto* value = entry.context()->find("value");
        if (key == nullptr || key->text() == nullptr || value == nullptr || out.find(*key->text()) != nullptr)
            return {};
        out.put(*key->text(), *value);
    }
    return out;
}

std::optional<Value> put_at(const Value& base, std::span<const Value> keys, const Value& value)
{
    if (keys.empty() || keys[0].text() == nullptr) return std::nullopt;
    if (base.context() == nullptr) return std::nullopt;
    Context out = *base.context();
    if (keys.size() == 1) {
        out.put(*keys[0].text(), value);
        return Value(std::move(out));
    }
    const auto* inner = out.find(*keys[0].text());
    auto changed = put_at(inner != nullptr ? *inner : Value(Context{}), keys.subspan(1), value);
    if (!changed) return std::nullopt;
    out.put(*keys[0].text(), std::move(*changed));
    return Value(std::move(out));
}

Value fn_context_put(Evaluation&, Arguments& a)
{
    const List one{a[1]};
    const auto changed = put_at(a[0], a[1].list() != nullptr ? *a[1].list() : one, a[2]);
    return changed ? *changed : Value{};
}

Value fn_context_merge(Evaluation&, Arguments& a)
{
    const auto list = list_at(a, 0);
    if (!list) return {};
    Context out;
    for (const auto& part : *list) {
        if (part.context() == nullptr) return {};
        for (const auto& [name, value] : part.context()->entries) out.put(name, value);
    }
    return out;
}

Value fn_or_else(Evaluation&, Arguments& a) { return a[0].null() ? a[1] : a[0]; }

}  // namespace

std::span<const Builtin> list_builtins()
{
    static constexpr std::array<Builtin, 22> rows{{
        {"not", "negand", 1, 1, fn_not},
        {"is", "value1,value2", 2, 2, fn_is},
        {"list contains", "list,element", 2, 2, fn_contains},
        {"count", "list...", 1, -1, fn_count},
        {"min", "list...", 1, -1, fn_min},
        {"max", "list...", 1, -1, fn_max},
        {"all", "list...", 1, -1, fn_all},
        {"any", "list...", 1, -1, fn_any},
        {"sublist", "list,start position,length", 2, 3, fn_sublist},
        {"append", "list,item...", 2, -1, fn_append},
        {"concatenate", "list...", 1, -1, fn_concatenate},
        {"insert before", "list,position,newItem", 3, 3, fn_insert},
        {"remove", "list,position", 2, 2, fn_remove},
        {"list replace", "list,position,newItem|list,match,newItem", 3, 3, fn_list_replace},
        {"reverse", "list", 1, 1, fn_reverse},
        {"index of", "list,match", 2, 2, fn_index_of},
        {"union", "list...", 1, -1, fn_union},
        {"distinct values", "list", 1, 1, fn_distinct},
        {"flatten", "list", 1, 1, fn_flatten},
        {"sort", "list,precedes", 1, 2, fn_sort},
        {"get or else", "value,default", 2, 2, fn_or_else},
        {"partition",
         "list,size",
         2,
         2,
         [](Evaluation&, Arguments& a) -> Value {
             const auto list = list_at(a, 0);
             const auto size = integer_at(a, 1);
             if (!list || !size || *size < 1) return {};
             List out;
             for (std::size_t i = 0; i < list->size(); i += std::size_t(*size))
                 out.emplace_back(List(
                     list->begin() + std::ptrdiff_t(i),
                     list->begin() + std::ptrdiff_t(std::min(list->size(), i + std::size_t(*size)))
                 ));
             return out;
         }},
    }};
    return rows;
}

std::span<const Builtin> context_builtins()
{
    static constexpr std::array<Builtin, 5> rows{{
        {"get value", "m,key|context,key|context,keys|m,keys", 2, 2, fn_get_value},
        {"get entries", "m|context", 1, 1, fn_get_entries},
        {"context", "entries", 1, 1, fn_context},
        {"context put", "context,key,value|context,keys,value", 3, 3, fn_context_put},
        {"context merge", "contexts", 1, 1, fn_context_merge},
    }};
    return rows;
}

}  // namespace thien_an::workflow::feel
