#include "systems/civil_status/routes.h"

#include <array>

#include "systems/civil_status/births_pages.h"
#include "systems/civil_status/printer_pages.h"
#include "systems/civil_status/register_notes.h"
#include "systems/civil_status/register_pages.h"
#include "systems/civil_status/register_print.h"
#include "systems/civil_status/stock_pages.h"

namespace thien_an::civil_status {
namespace {

using web::Method;
using web::signed_in;

constexpr std::array all{
    // The registers. What a second person decides has a page of its own beside them.
    web::Route{Method::get, "/ban-lam-viec/so", "registers.read", show_registers},
    web::Route{Method::get, "/ban-lam-viec/so/cho-duyet", signed_in, show_waiting},
    web::Route{Method::get, "/ban-lam-viec/so/{register}", "registers.read", show_register},
    web::Route{
        Method::get,
        "/ban-lam-viec/so/{register}/in",
        "registers.enter",
        print_book,
        {.lane = web::Lane::heavy}},
    web::Route{Method::get, "/ban-lam-viec/so/{register}/khoa-so", "registers.close", show_closing},
    web::Route{Method::post, "/ban-lam-viec/so/{register}/khoa-so", "registers.close", close_year},
    web::Route{Method::get, "/ban-lam-viec/so/{register}/{entry}", "registers.read", show_entry},
    web::Route{Method::get, "/ban-lam-viec/so/{register}/{entry}/hien", "registers.read", show_reveal_entry},
    web::Route{
        Method::post,
        "/ban-lam-viec/so/{register}/{entry}/hien",
        "registers.read",
        reveal_entry,
        {.idempotent = false}},
    web::Route{
        Method::get, "/ban-lam-viec/so/{register}/{entry}/trich-luc", "registers.extract", show_extract_form},
    web::Route{
        Method::post, "/ban-lam-viec/so/{register}/{entry}/trich-luc", "registers.extract", make_extract},
    web::Route{Method::get, "/ban-lam-viec/so/{register}/{entry}/ghi-chu", "registers.enter", show_change},
    web::Route{
        Method::post, "/ban-lam-viec/so/{register}/{entry}/ghi-chu", "registers.enter", propose_change},
    web::Route{
        Method::get,
        "/ban-lam-viec/so/{register}/{entry}/ghi-chu/{proposal}",
        "registers.approve",
        show_proposal},
    web::Route{
        Method::post,
        "/ban-lam-viec/so/{register}/{entry}/ghi-chu/{proposal}",
        "registers.approve",
        decide_change},
    web::Route{Method::get, "/ban-lam-viec/so/{register}/{entry}/niem-phong", "registers.read", show_seal},
    web::Route{Method::post, "/ban-lam-viec/so/{register}/{entry}/niem-phong", "registers.read", ask_opening},
    web::Route{
        Method::get,
        "/ban-lam-viec/so/{register}/{entry}/niem-phong/{opening}",
        "registers.open_sealed",
        show_opening},
    web::Route{
        Method::post,
        "/ban-lam-viec/so/{register}/{entry}/niem-phong/{opening}",
        "registers.open_sealed",
        decide_opening},
    web::Route{Method::get, "/ban-lam-viec/ho-so/{code}/trung", "registers.read", show_duplicates},
    // Pre-printed forms: those who use them and those who keep them see the same page; it checks which.
    web::Route{Method::get, "/ban-lam-viec/phoi/may-in", "registers.enter", show_printers},
    web::Route{Method::get, "/ban-lam-viec/phoi/may-in/them", "registers.enter", show_new_printer},
    web::Route{Method::post, "/ban-lam-viec/phoi/may-in/them", "registers.enter", add_printer},
    web::Route{Method::get, "/ban-lam-viec/phoi/may-in/{printer}", "registers.enter", show_printer},
    web::Route{Method::post, "/ban-lam-viec/phoi/may-in/{printer}", "registers.enter", change_printer},
    web::Route{Method::get, "/ban-lam-viec/phoi/may-in/{printer}/bo", "registers.enter", show_drop_printer},
    web::Route{Method::post, "/ban-lam-viec/phoi/may-in/{printer}/bo", "registers.enter", drop_printer},
    web::Route{
        Method::get,
        "/ban-lam-viec/phoi/may-in/{printer}/thu",
        "registers.enter",
        test_print,
        {.lane = web::Lane::heavy}},
    web::Route{Method::get, "/ban-lam-viec/ho-so/{code}/in-phoi", "registers.enter", show_form_print},
    web::Route{
        Method::get,
        "/ban-lam-viec/ho-so/{code}/in-phoi/{printer}",
        "registers.enter",
        print_form,
        {.lane = web::Lane::heavy}},
    web::Route{Method::get, "/ban-lam-viec/phoi", signed_in, show_stock},
    web::Route{Method::get, "/ban-lam-viec/phoi/{act}", signed_in, show_stock_form},
    web::Route{Method::post, "/ban-lam-viec/phoi/{act}", signed_in, move_stock},
};

}  // namespace

std::span<const web::Route> routes() { return all; }

}  // namespace thien_an::civil_status
