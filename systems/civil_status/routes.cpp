#include "systems/civil_status/routes.h"

#include <array>

#include "systems/civil_status/book_pages.h"
#include "systems/civil_status/dci_search.h"
#include "systems/civil_status/duplicates_page.h"
#include "systems/civil_status/extract_pages.h"
#include "systems/civil_status/life_line_pages.h"
#include "systems/civil_status/national_pages.h"
#include "systems/civil_status/notice_api.h"
#include "systems/civil_status/notice_pages.h"
#include "systems/civil_status/old_books_pages.h"
#include "systems/civil_status/old_typing_pages.h"
#include "systems/civil_status/printer_pages.h"
#include "systems/civil_status/register_notes.h"
#include "systems/civil_status/register_pages.h"
#include "systems/civil_status/statistics_pages.h"
#include "systems/civil_status/stock_pages.h"

namespace thien_an::civil_status {
namespace {

using web::Method;
using web::signed_in;

constexpr std::size_t scans_max = 64 * 1024 * 1024;  ///< All scans of old pages sent at once.

constexpr std::array all{
    // The registers. What a second person decides has a page of its own beside them.
    web::Route{Method::get, "/ban-lam-viec/so", "registers.read", show_registers},
    web::Route{Method::get, "/ban-lam-viec/so/cho-duyet", "registers.approve", show_waiting},
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
    web::Route{
        Method::post,
        "/ban-lam-viec/so/{register}/{entry}/ghi-chu/{proposal}/rut",
        "registers.enter",
        withdraw_change},
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
    // A person in all registers.
    web::Route{Method::get, "/ban-lam-viec/nguoi", "registers.read", show_people},
    web::Route{Method::get, "/ban-lam-viec/nguoi/{entry}/{role}", "registers.read", show_person},
    web::Route{
        Method::get,
        "/ban-lam-viec/nguoi/{entry}/{role}/ghep/{other}/{other_role}",
        "registers.enter",
        show_link},
    web::Route{
        Method::post,
        "/ban-lam-viec/nguoi/{entry}/{role}/ghep/{other}/{other_role}",
        "registers.enter",
        link_person},
    web::Route{Method::get, "/ban-lam-viec/nguoi/{entry}/{role}/go/{link}", "registers.enter", show_unlink},
    web::Route{
        Method::post, "/ban-lam-viec/nguoi/{entry}/{role}/go/{link}", "registers.enter", unlink_person},
    // Old paper books: what a page may show is decided by the rights on the agency that kept the book.
    web::Route{Method::get, "/ban-lam-viec/so-giay", signed_in, show_old_books},
    web::Route{Method::get, "/ban-lam-viec/so-giay/them", "old_books.type", show_new_old_book},
    web::Route{Method::post, "/ban-lam-viec/so-giay/them", "old_books.type", open_old_book},
    web::Route{Method::get, "/ban-lam-viec/so-giay/{book}", signed_in, show_old_book},
    web::Route{
        Method::post,
        "/ban-lam-viec/so-giay/{book}/trang",
        "old_books.type",
        add_scans,
        {.body_max = scans_max, .body = web::Body::upload}},
    web::Route{
        Method::get,
        "/ban-lam-viec/so-giay/{book}/chat-luong",
        signed_in,
        send_quality,
        {.lane = web::Lane::heavy}},
    web::Route{
        Method::get,
        "/ban-lam-viec/so-giay/{book}/cho-lech",
        signed_in,
        show_mismatches,
        {.lane = web::Lane::heavy}},
    web::Route{Method::get, "/ban-lam-viec/so-giay/trang/{page}", signed_in, show_old_page},
    web::Route{Method::get, "/ban-lam-viec/so-giay/trang/{page}/anh", signed_in, send_scan},
    web::Route{Method::get, "/ban-lam-viec/so-giay/trang/{page}/nhap", "old_books.type", show_typing},
    web::Route{Method::post, "/ban-lam-viec/so-giay/trang/{page}/nhap", "old_books.type", take_typing},
    web::Route{
        Method::post,
        "/ban-lam-viec/so-giay/trang/{page}/luu",
        "old_books.type",
        save_typing_quietly,
        {.idempotent = false}},
    web::Route{
        Method::post, "/ban-lam-viec/so-giay/trang/{page}/quyet", "old_books.decide", decide_old_field},
    web::Route{Method::post, "/ban-lam-viec/so-giay/trang/{page}/duyet", "old_books.accept", accept_old_page},
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
    // The national civil-status database.
    web::Route{Method::get, "/ban-lam-viec/gui-quoc-gia", "registers.read", show_national},
    web::Route{Method::get, "/ban-lam-viec/gui-quoc-gia/{entry}", "registers.read", show_national_entry},
    web::Route{Method::get, "/ban-lam-viec/gui-quoc-gia/{entry}/gui-lai", "registers.enter", show_send_again},
    web::Route{Method::post, "/ban-lam-viec/gui-quoc-gia/{entry}/gui-lai", "registers.enter", send_again},
    // Notices of health facilities.
    web::Route{Method::get, "/giay-chung-sinh", signed_in, show_claim},
    web::Route{Method::post, "/giay-chung-sinh", signed_in, claim, {.rate = "slips"}},
    web::Route{Method::get, "/ban-lam-viec/giay-chung-sinh", "registers.read", show_notices},
    web::Route{Method::get, "/ban-lam-viec/giay-chung-sinh/{notice}/nhac", "registers.enter", show_remind},
    web::Route{Method::post, "/ban-lam-viec/giay-chung-sinh/{notice}/nhac", "registers.enter", remind},
    web::Route{
        Method::post,
        "/api/v1/notices/births",
        signed_in,
        take_birth_notice,
        {.body_max = 1024 * 1024,
         .lane = web::Lane::machines,
         .scope = "notices:write",
         .input = web::described<BirthNotified>,
         .output = web::described<NoticeTaken>,
         .status = 201,
         .about = "Tells of a birth, for the family to complete: once for each number of a facility. Also a "
                  "FHIR R4 "
                  "Bundle, or table 9 of the health-insurance data set (facility in the query when no "
                  "envelope names "
                  "it). The token has a scope for each facility it speaks for: facility:51001.",
         .query = web::described<NoticeFacility>,
         .input_also = "application/fhir+json application/xml text/xml"}},
    web::Route{
        Method::post,
        "/api/v1/notices/deaths",
        signed_in,
        take_death_notice,
        {.body_max = 1024 * 1024,
         .lane = web::Lane::machines,
         .scope = "notices:write",
         .input = web::described<DeathNotified>,
         .output = web::described<NoticeTaken>,
         .status = 201,
         .about = "Tells of a death, for the family to complete: once for each number of a facility. Also a "
                  "FHIR R4 "
                  "Bundle. The token has a scope for each facility it speaks for: facility:51001.",
         .input_also = "application/fhir+json"}},
    web::Route{
        Method::post,
        "/api/v1/dci/crvs/registry/sync/search",
        "registers.read",
        answer_dci_search,
        {.lane = web::Lane::machines,
         .idempotent = false,
         .scope = "registers:read",
         .input = web::described<DciEnvelope>,
         .output = web::described<DciEnvelope>,
         .about = "Searches civil-status registers by personal number (UIN) or number of the entry (BRN), as "
                  "the DCI "
                  "CRVS interface has it. Masked and audited like reading an entry."}},
    // Statistics, counted from the registers.
    web::Route{
        Method::get,
        "/ban-lam-viec/thong-ke-ho-tich",
        "registers.read",
        show_statistics,
        {.lane = web::Lane::heavy}},
    web::Route{
        Method::get,
        "/ban-lam-viec/thong-ke-ho-tich/muc",
        "registers.read",
        show_statistics_entries,
        {.lane = web::Lane::heavy}},
    web::Route{
        Method::get,
        "/ban-lam-viec/thong-ke-ho-tich/csv",
        "registers.read",
        send_statistics_csv,
        {.lane = web::Lane::heavy}},
    web::Route{
        Method::get,
        "/ban-lam-viec/thong-ke-ho-tich/xlsx",
        "registers.read",
        send_statistics_xlsx,
        {.lane = web::Lane::heavy}},
    web::Route{Method::get, "/ban-lam-viec/thong-ke-ho-tich/khoa", "registers.enter", show_statistics_lock},
    web::Route{
        Method::post,
        "/ban-lam-viec/thong-ke-ho-tich/khoa",
        "registers.enter",
        change_statistics_lock,
        {.lane = web::Lane::heavy}},
    web::Route{Method::get, "/ban-lam-viec/phoi", signed_in, show_stock},
    web::Route{Method::get, "/ban-lam-viec/phoi/ban-giao", "forms_stock.keep", show_send_forms},
    web::Route{Method::post, "/ban-lam-viec/phoi/ban-giao", "forms_stock.keep", send_forms},
    web::Route{Method::get, "/ban-lam-viec/phoi/ban-giao/{hand_over}", "forms_stock.keep", show_hand_over},
    web::Route{Method::post, "/ban-lam-viec/phoi/ban-giao/{hand_over}", "forms_stock.keep", settle_hand_over},
    web::Route{Method::get, "/ban-lam-viec/phoi/duong-di", signed_in, show_form_path},
    web::Route{Method::get, "/ban-lam-viec/phoi/csv", signed_in, send_stock, {.lane = web::Lane::heavy}},
    web::Route{Method::get, "/ban-lam-viec/phoi/{act}", signed_in, show_stock_form},
    web::Route{Method::post, "/ban-lam-viec/phoi/{act}", signed_in, move_stock},
};

}  // namespace

std::span<const web::Route> routes() { return all; }

}  // namespace thien_an::civil_status
