#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "engine/base/result.h"
#include "engine/web/http.h"

/// Text of addresses, forms and cookies, read strictly.
namespace thien_an::web {

/// Letters, digits and "-._~" stay, all else becomes %XX.
std::string percent_encoded(std::string_view text);
/// Nothing when a % is not followed by two hex digits, or the outcome is no UTF-8 or has a control character other
/// than tab, line feed and carriage return.
std::optional<std::string> percent_decoded(std::string_view text, bool plus_is_space);

/// The decoded path of a request target, without its query. Problem "web.bad_request" for anything but an absolute
/// path of clean parts: no "." or "..", no empty part inside, no encoded slash, no backslash, no control character.
Result<std::string> path_of(std::string_view target);
std::string_view query_of(std::string_view target);  ///< After the "?", still encoded.

/// A path of this site and of no other: "/ho-so?trang=2". Browsers leave out tabs and line feeds and take "\\" for "/", so
/// none of them is in it.
bool is_own_path(std::string_view path);

constexpr std::size_t form_fields_max = 2000;

/// "a=1&b=2" of a query or a form. Problem "web.bad_form" for broken encoding or more than form_fields_max fields.
Result<Fields> parse_urlencoded(std::string_view text);
std::string urlencoded(const Fields& fields);

/// The header Cookie. Pairs that are none are left out; a name given twice keeps the first.
Fields parse_cookies(std::string_view header);

/// One header value with parameters: "form-data; name=\"a\"; filename=\"b.jpg\"".
struct HeaderValue {
    std::string first;  ///< Lower case, "form-data".
    Fields parameters;  ///< Names in lower case; quoted values without their quotes.
};
/// Nothing when a parameter is broken or a name comes twice.
std::optional<HeaderValue> parse_header_value(std::string_view text);

}  // namespace thien_an::web
