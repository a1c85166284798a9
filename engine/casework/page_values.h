#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/json.h"
#include "engine/casework/form.h"
#include "engine/casework/reading.h"
#include "engine/text/catalogue.h"

/// Values for the shared partials of ui/frame, from what casework knows: portal and desk draw the same things the same
/// way. No HTTP, no HTML.
namespace thien_an::casework {

/// How to speak: the words and the language of the page.
struct Speech {
    const text::Catalogue& words;
    text::Language language;

    std::string say(std::string_view key, const json::value& values = json::object{}) const
    {
        return words.say(key, language, values);
    }
    std::string code() const { return std::string(text::code_of(language)); }
    /// A copy: `both` is often a temporary.
    std::string in(const Words& both) const { return both.in(text::code_of(language)); }
};

/// Where the papers of a step are sent, and what is there already.
struct PaperFields {
    std::string upload_to;
    std::vector<PaperWanted> wanted;
    struct Held {
        std::string paper;
        std::string file;  ///< Its id.
        std::string name;
        std::string media_type;
        std::int64_t bytes = 0;
        std::string sha256 = {};  ///< Hex; empty: not told.
    };
    std::vector<Held> held;
    std::vector<FieldError> errors;
};

/// `id` of the HTML element of an input: "child.born_on" -> "child-born_on".
std::string element_id(std::string_view input);
/// Partial "field": one field.
json::object field_values(const Field& field, const Speech& speech);
/// groups[] of a step: a group's heading and the fields below it; a field shown only with one choice of a radio
/// stands under that choice, so the page needs no script. Other fields and groups that answers bring up have `asked`
/// (when, off): fields are there from the start without scripts, groups once the page has been sent.
json::array group_values(const std::vector<Field>& fields, const Speech& speech);
/// Puts what rules say beside the fields it is about; what has an error of its own keeps it.
void add_problems(
    std::vector<Field>& fields, const std::vector<Problem>& problems, const text::Catalogue& words
);
/// Puts beside each doubted text of `groups` what it would become.
void add_doubts(json::array& groups, const std::vector<EncodingDoubt>& doubts);
/// Title of the outermost group a field is in: "Mẹ" for /mother/full_name; "" for one in none.
std::string part_title(const Form& form, std::string_view pointer, const Speech& speech);
/// sections[] (title, edit_href, pairs[]) of the answers of one step, in reading order, each part of the form under its
/// own title; what was not answered is left out.
json::array answer_sections(
    const Form& form, const Step& step, const json::value& edit_href, const Speech& speech
);
/// groups[] of a step of papers: one file field per paper wanted.
json::array paper_group_values(const PaperFields& papers, const Speech& speech);
/// Partial "errors": null when there are none.
json::value error_summary(
    const std::vector<FieldError>& errors, const std::vector<Problem>& problems, const Speech& speech
);
/// A plain text field made by a page itself, for short forms.
struct PlainField {
    std::string name;
    std::string label;
    std::string hint = {};
    std::string error = {};
    std::string value = {};
    std::string type = "text";
    std::string input_mode = "text";
    std::string autocomplete = "off";
    std::int64_t length_max = 200;
    bool optional = false;
    bool narrow = false;
};
json::object text_field(const PlainField& field);
json::object area_field(const PlainField& field, int rows = 4);
json::object tick_field(const PlainField& field, bool checked = false);
json::object select_field(const PlainField& field, const std::vector<Choice>& choices, const Speech& speech);
json::object choice_field(const PlainField& field, const std::vector<Choice>& choices, const Speech& speech);

/// Partial "chip": the state of a dossier.
json::object state_values(DossierState state, const Speech& speech);
/// Partial "due": triangle, clock, tick or pause with its words; null when nothing runs.
struct DueState {
    std::optional<Instant> due;
    std::int64_t minutes_left = 0;  ///< Of working time; negative when late.
    bool suspended = false;
    bool closed = false;
};
json::value due_values(const DueState& due, Instant now, const Speech& speech);
/// "16:30 hôm nay", "16:30 thứ Hai 4/7/2016"
std::string due_at(Instant due, Instant now, const Speech& speech);
/// The same for a table: "16:30", "T2 4/7 16:30", with the year when it is another.
std::string short_moment(Instant at, Instant now, const Speech& speech);
/// Partial "timeline"; `for_citizen` leaves out who, beyond the agency.
json::array timeline_values(const std::vector<TimelineRow>& rows, const Speech& speech, bool for_citizen);
/// Partial "papers": `href_before` and the paper's id make its address; empty: no links.
json::array paper_values(
    const std::vector<PaperRow>& papers, std::string_view href_before, const Speech& speech
);
/// sections[] (title, pairs[]) of answers: one for each run of answers about the same.
json::array section_values(
    const std::vector<AnswerRow>& answers,
    const Speech& speech,
    const std::function<json::object(const AnswerRow&)>& pair
);
/// The same with plain pairs: title and value.
json::array section_values(const std::vector<AnswerRow>& answers, const Speech& speech);
json::object pair_values(std::string label, std::string value, bool strong = false);
/// "3,4 MB"
std::string shown_size(std::int64_t bytes);
/// "JPG", "PDF": of a media type.
std::string kind_of_media(std::string_view media_type);
std::string icon_of_media(std::string_view media_type);

/// What other agencies do in the same filing: name, who, state (kind, icon, text), step, until, result.
json::array part_values(const std::vector<PartRow>& parts, Instant now, const Speech& say);

}  // namespace thien_an::casework
