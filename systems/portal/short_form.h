#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/json.h"
#include "engine/base/result.h"
#include "engine/web/context.h"
#include "engine/web/http.h"

/// Short forms of accounts: a few lines, one button, ways back. Their words are in the catalogue by the form's name.
namespace thien_an::portal {

/// One line of a short form; its words are "portal.field.NAME" and "portal.field.NAME_hint".
struct Asked {
    std::string_view name;
    std::string_view type = "text";
    std::string_view mode = "text";
    std::string_view autocomplete = "off";
    bool keep = true;  ///< What was typed stays; never a password.
};

constexpr Asked contact_asked{.name = "contact", .autocomplete = "username"};
constexpr Asked phone_asked{.name = "phone", .type = "tel", .mode = "tel", .autocomplete = "tel"};
constexpr Asked name_asked{.name = "full_name", .autocomplete = "name"};
constexpr Asked login_asked{.name = "login", .autocomplete = "username"};
constexpr Asked code_asked{.name = "code", .mode = "numeric", .autocomplete = "one-time-code", .keep = false};
constexpr Asked new_password_asked{
    .name = "password", .type = "password", .autocomplete = "new-password", .keep = false};

struct Way {
    std::string href;
    std::string text;
};

struct ShortForm {
    std::string_view page;  ///< "sign_up": words "portal.sign_up.title", ".lead" (may be missing), ".submit".
    std::string action;
    std::vector<Asked> asked = {};
    std::string_view first = {};  ///< Field of a Problem that names no place of its own.
    std::string back = "/dang-nhap";
    std::string lead = {};  ///< Instead of the catalogue's.
    std::vector<Way> ways = {};
    std::vector<std::string> codes = {};  ///< Shown once, to be copied.
};

/// The form as it is asked, or again with what was typed and what is wrong (status 422).
web::Response draw(
    const ShortForm& form,
    const web::Request& request,
    web::Context& context,
    const std::optional<Problem>& problem = std::nullopt
);

/// The problem at the field of a short form it speaks about, as "/code"; `first` when it names none.
Problem placed(Problem problem, std::string_view first);

}  // namespace thien_an::portal
