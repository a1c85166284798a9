#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/json.h"
#include "engine/base/result.h"
#include "engine/registers/person_roles.h"

/// What register.json says: the fields of an entry, the books it is kept in, who may read it, what an extract shows.
namespace thien_an::registers {

enum class FieldType { text, name, day, integer, code, choice };

struct RegisterField {
    std::string id;
    FieldType type = FieldType::text;
    std::string title_vi;
    std::string title_en;
    std::string codes;  ///< Code list of a code field.
    std::vector<std::string> choices;
    std::string pattern;
    bool required = false;
    bool sensitive = false;  ///< Encrypted in the database.
    bool indexed = false;    ///< Can be looked up exactly (folded); a sensitive one by blind index only.
    bool searched = false;   ///< Found by the words of its text.
    bool masked = false;     ///< Shown masked until revealed.
    bool sealed = false;     ///< Not shown at all until two people have opened the entry.
};

/// Fields that are shown together under one heading.
struct RegisterSection {
    std::string title_vi;
    std::string title_en;
    std::vector<std::string> fields;
};

struct BookRules {
    std::int64_t pages = 200;
    std::int64_t entries_per_page = 1;
    int number_width = 1;         ///< "05/2016" is 2 wide.
    unsigned closing_month = 12;  ///< From this day of its year a book may be closed.
    unsigned closing_day = 31;
};

/// Immutable once loaded.
struct Register {
    std::string id;  ///< "births"
    std::string system;
    std::string name_vi;
    std::string name_en;
    std::string entered_event;  ///< "births.entered"
    std::vector<RegisterField> fields;
    BookRules book;
    std::vector<std::string> note_kinds;
    std::vector<std::string> extract_fields;
    std::string extract_name_vi;
    std::string extract_number;  ///< "{{extract.number}}/TLKS-BS"
    std::vector<std::string> public_fields;
    PersonRules people;                     ///< Who the entries are about.
    std::string page;                       ///< "khai-sinh": its place among the pages; empty: it has none.
    std::string shown_name;                 ///< The field an entry is called by.
    std::vector<std::string> shown_list;    ///< Fields of a line in the list, the name among them.
    std::vector<RegisterSection> sections;  ///< Of the page of an entry and of a line in the printed book.
    bool sealed = false;                    ///< Its sealed fields are read by two people only (openings.h).
    std::int64_t opened_for_minutes = 30;   ///< How long what was opened stays open.
    json::value source;                     ///< register.json

    const RegisterField* field(std::string_view field_id) const;  ///< Null when there is none.
};

/// The fields without those two people have to open: what is printed, sent or shown to one.
json::object without_sealed(const Register& reg, json::object fields);

/// Problems "registers.bad_register" (field is the pointer, words reason).
Result<Register> load_register(const json::value& source);

}  // namespace thien_an::registers
