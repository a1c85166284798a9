#include "systems/justice/routes.h"

#include <array>

#include "systems/justice/secured_pages.h"

namespace thien_an::justice {
namespace {

using web::Method;

constexpr std::array all{
    // The national register of security over movables.
    web::Route{Method::get, "/ban-lam-viec/giao-dich-bao-dam", "secured.read", show_secured},
    web::Route{Method::get, "/ban-lam-viec/giao-dich-bao-dam/csv", "secured.read", send_secured},
    web::Route{Method::get, "/ban-lam-viec/giao-dich-bao-dam/{number}", "secured.read", show_registration},
};

constexpr std::array entries{
    web::DeskEntry{
        "justice.menu", "justice.secured.title", "search", "/ban-lam-viec/giao-dich-bao-dam", "secured.read"},
};

}  // namespace

std::span<const web::Route> routes() { return all; }
std::span<const web::DeskEntry> desk_entries() { return entries; }

}  // namespace thien_an::justice
