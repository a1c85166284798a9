#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/casework/packs.h"

/// Finding a procedure by the words people type: marks not needed, synonyms of the folder's keywords.
namespace thien_an::casework {

class ProcedureIndex {
public:
    ProcedureIndex() = default;
    explicit ProcedureIndex(const std::vector<std::shared_ptr<const Procedure>>& procedures);

    /// The exact name first, then an exact keyword, then names and keywords that begin with or hold the words.
    /// Empty words: all, those filed here first.
    std::vector<ProcedureHit> search(std::string_view words, std::size_t limit) const;
    std::vector<ProcedureHit> common(std::size_t limit) const;
    void each(const std::function<void(const ProcedureHit&)>& show) const;
    std::size_t size() const { return rows_.size(); }
    std::vector<ProcedureHit> for_life_event(std::string_view event, std::size_t limit) const;

private:
    struct Row {
        ProcedureHit hit;
        std::vector<std::string> names;     ///< Folded.
        std::vector<std::string> keywords;  ///< Folded.
        std::string marked;                 ///< Lower case with marks: name and keywords.
        std::vector<std::string> life_events;
        std::int64_t common = 0;
    };
    int score(const Row& row, std::string_view folded_words, std::string_view marked_words) const;
    std::vector<Row> rows_;
    std::vector<std::size_t> by_name_;  ///< Places in rows_: those filed here first, by name.
};

}  // namespace thien_an::casework
