#include "engine/casework/procedure_search.h"

#include <algorithm>

#include "engine/base/vietnamese.h"

namespace thien_an::casework {
namespace {

std::vector<std::string> keywords(const json::value& metadata, std::string_view language)
{
    std::vector<std::string> out;
    const auto* list = json::find(metadata, "/keywords/" + std::string(language));
    if (list == nullptr || !list->is_array()) return out;
    for (const auto& word : list->get_array())
        if (word.is_string()) out.emplace_back(word.get_string().data(), word.get_string().size());
    return out;
}

/// Whether `text` has `words` beginning and ending at the bounds of words.
bool holds(std::string_view text, std::string_view words)
{
    const auto bound = [&](std::size_t at) { return at >= text.size() || text[at] == ' '; };
    for (auto at = text.find(words); at != std::string_view::npos; at = text.find(words, at + 1))
        if ((at == 0 || bound(at - 1)) && bound(at + words.size())) return true;
    return false;
}

bool holds_each(const std::string& text, std::string_view words)
{
    while (!words.empty()) {
        const auto word = words.substr(0, words.find(' '));
        if (text.find(word) == std::string::npos) return false;
        words.remove_prefix(std::min(words.size(), word.size() + 1));
    }
    return true;
}

/// 3 equal, 2 begins, 1 holds, 0 none of them: of the best of `texts`.
int best_match(const std::vector<std::string>& texts, std::string_view words)
{
    int best = 0;
    for (const auto& text : texts) {
        if (text == words) return 3;
        if (text.starts_with(words))
            best = std::max(best, 2);
        else if (holds(text, words))
            best = std::max(best, 1);
    }
    return best;
}

}  // namespace

ProcedureIndex::ProcedureIndex(const std::vector<std::shared_ptr<const Procedure>>& procedures)
{
    for (const auto& procedure : procedures) {
        Row row;
        row.hit = {
            procedure->id(),
            procedure->name(),
            procedure->summary(),
            procedure->page(),
            procedure->information_only(),
            procedure->agency_level(),
            procedure->sector()};
        row.names = {folded(procedure->name().vi), folded(procedure->name().en)};
        row.marked = lower(nfc(procedure->name().vi));
        for (const auto* language : {"vi", "en"})
            for (const auto& word : keywords(procedure->metadata(), language)) {
                row.keywords.push_back(folded(word));
                row.marked += " " + lower(nfc(word));
            }
        row.life_events = procedure->life_events();
        row.common = procedure->common_rank();
        by_name_.push_back(rows_.size());
        rows_.push_back(std::move(row));
    }
    std::ranges::stable_sort(by_name_, {}, [&](std::size_t at) {
        return std::pair(rows_[at].hit.information_only, rows_[at].names.front());
    });
}

void ProcedureIndex::each(const std::function<void(const ProcedureHit&)>& show) const
{
    for (const auto at : by_name_) show(rows_[at].hit);
}

int ProcedureIndex::score(const Row& row, std::string_view words, std::string_view marked) const
{
    constexpr std::array by_name{0, 70, 80, 100};
    constexpr std::array by_keyword{0, 50, 60, 90};
    int points = std::max(
        by_name[std::size_t(best_match(row.names, words))],
        by_keyword[std::size_t(best_match(row.keywords, words))]
    );
    if (points == 0) {
        std::string all;
        for (const auto* texts : {&row.names, &row.keywords})
            for (const auto& text : *texts) all += text + " ";
        if (!holds_each(all, words)) return 0;
        points = 30;
    }
    points *= 10;
    if (marked != words && row.marked.find(marked) != std::string::npos) points += 5;
    if (!row.hit.information_only) points += 3;
    if (row.common > 0) points += 1;
    return points;
}

std::vector<ProcedureHit> ProcedureIndex::search(std::string_view typed, std::size_t limit) const
{
    constexpr std::size_t bytes_max = 200;
    std::string cut(typed.substr(0, bytes_max));
    while (!is_utf8(cut)) cut.pop_back();
    const auto words = folded(cut);
    const auto marked = lower(nfc(cut));
    std::vector<std::pair<int, const Row*>> found;
    std::vector<ProcedureHit> hits;
    if (words.empty()) {
        hits.reserve(std::min(rows_.size(), limit));
        each([&](const ProcedureHit& hit) {
            if (hits.size() < limit) hits.push_back(hit);
        });
        return hits;
    }
    for (const auto& row : rows_) {
        const int points = score(row, words, marked);
        if (points > 0) found.emplace_back(points, &row);
    }
    std::stable_sort(found.begin(), found.end(), [](const auto& a, const auto& b) {
        if (a.first != b.first) return a.first > b.first;
        return a.second->names.front() < b.second->names.front();
    });
    hits.reserve(std::min(found.size(), limit));
    for (std::size_t i = 0; i < found.size() && i < limit; ++i) hits.push_back(found[i].second->hit);
    return hits;
}

std::vector<ProcedureHit> ProcedureIndex::common(std::size_t limit) const
{
    std::vector<const Row*> found;
    for (const auto& row : rows_)
        if (row.common > 0) found.push_back(&row);
    std::sort(found.begin(), found.end(), [](const Row* a, const Row* b) { return a->common < b->common; });
    std::vector<ProcedureHit> hits;
    hits.reserve(std::min(found.size(), limit));
    for (std::size_t i = 0; i < found.size() && i < limit; ++i) hits.push_back(found[i]->hit);
    return hits;
}

std::vector<ProcedureHit> ProcedureIndex::for_life_event(std::string_view event, std::size_t limit) const
{
    std::vector<ProcedureHit> hits;
    for (const auto& row : rows_)
        if (hits.size() < limit &&
            std::find(row.life_events.begin(), row.life_events.end(), event) != row.life_events.end())
            hits.push_back(row.hit);
    return hits;
}

}  // namespace thien_an::casework
