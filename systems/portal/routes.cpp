#include "systems/portal/routes.h"

#include <array>

#include "systems/portal/account_pages.h"
#include "systems/portal/act_pages.h"
#include "systems/portal/api.h"
#include "systems/portal/display_pages.h"
#include "systems/portal/dossier_api.h"
#include "systems/portal/filing_office.h"
#include "systems/portal/filing_pages.h"
#include "systems/portal/procedure_api.h"
#include "systems/portal/procedure_pages.h"
#include "systems/portal/tracking_pages.h"
#include "systems/portal/verify_api.h"
#include "systems/portal/verify_pages.h"

namespace thien_an::portal {
namespace {

using web::Body;
using web::Lane;
using web::Method;
using web::open;
using web::signed_in;

constexpr std::size_t page_upload_max = 64 * 1024 * 1024;  ///< All files of one posted step.
constexpr std::size_t file_max = 24 * 1024 * 1024;  ///< One file; the procedure's own limit is smaller.
constexpr std::size_t filing_max = 512 * 1024;

constexpr web::Options hashes{.lane = Lane::heavy, .rate = "sign_in"};
constexpr web::Options checks_files{
    .body_max = 20 * 1024 * 1024, .lane = Lane::heavy, .rate = "verify", .idempotent = false};
constexpr web::Options uploads{.body_max = page_upload_max, .body = Body::upload};

constexpr std::array all{
    // Finding out.
    web::Route{Method::get, "/", open, show_home},
    web::Route{Method::get, "/thu-tuc", open, show_procedures},
    web::Route{Method::get, "/thu-tuc/{page}", open, show_procedure},
    web::Route{Method::get, "/tro-giup", open, show_help},
    web::Route{Method::get, "/hien-thi", open, show_display},
    web::Route{Method::get, "/tra-cuu", open, show_track, {.rate = "track", .guesses = true}},
    web::Route{Method::get, "/xac-minh", open, show_verify},
    web::Route{Method::post, "/xac-minh", open, verify_file, checks_files},
    web::Route{Method::get, "/xac-minh/{token}", open, show_verified, {.rate = "verify"}},
    web::Route{Method::post, "/xac-minh/{token}", open, verify_file_of, checks_files},
    // Filing.
    web::Route{Method::get, "/nop/{page}", open, show_start},
    web::Route{Method::post, "/nop/{page}", open, begin, {.rate = "codes"}},
    web::Route{Method::get, "/nop/{page}/ma", open, show_guest_code},
    web::Route{Method::post, "/nop/{page}/ma", open, take_guest_code, {.rate = "codes"}},
    web::Route{Method::get, "/nop/{draft}/buoc/{step}", open, show_step},
    web::Route{Method::post, "/nop/{draft}/buoc/{step}", open, take_step, uploads},
    web::Route{Method::post, "/nop/{draft}/luu/{step}", open, save_quietly, {.idempotent = false}},
    web::Route{
        Method::post,
        "/nop/{draft}/tep/{paper}",
        open,
        take_file,
        {.body_max = file_max, .body = Body::upload, .idempotent = false}},
    web::Route{Method::get, "/nop/{draft}/noi-nop", open, show_office},
    web::Route{Method::post, "/nop/{draft}/noi-nop", open, change_office},
    web::Route{Method::post, "/nop/{draft}/bo", open, discard},
    web::Route{Method::get, "/nop/{draft}/xem-lai", open, show_review},
    web::Route{Method::post, "/nop/{draft}/xem-lai", open, file_dossier},
    web::Route{Method::get, "/da-nop/{code}", signed_in, show_filed},
    // One's own.
    web::Route{Method::get, "/ho-so-cua-toi", signed_in, show_my_dossiers},
    web::Route{Method::get, "/ho-so-cua-toi/{code}", signed_in, show_my_dossier},
    web::Route{Method::get, "/ho-so-cua-toi/{code}/giay/{paper}", signed_in, send_my_paper},
    web::Route{Method::get, "/ho-so-cua-toi/{code}/bo-sung", signed_in, show_supplement},
    web::Route{Method::post, "/ho-so-cua-toi/{code}/bo-sung", signed_in, answer_supplement, uploads},
    web::Route{Method::get, "/ho-so-cua-toi/{code}/rut", signed_in, show_withdraw},
    web::Route{Method::post, "/ho-so-cua-toi/{code}/rut", signed_in, withdraw},
    web::Route{Method::get, "/ho-so-cua-toi/{code}/danh-gia", signed_in, show_rating},
    web::Route{Method::post, "/ho-so-cua-toi/{code}/danh-gia", signed_in, rate},
    web::Route{Method::get, "/ho-so-cua-toi/{code}/ky-so", signed_in, show_confirm},
    web::Route{Method::post, "/ho-so-cua-toi/{code}/ky-so", signed_in, confirm, {.rate = "codes"}},
    web::Route{Method::get, "/ai-da-xem", signed_in, show_access_log},
    // Accounts.
    web::Route{Method::get, "/dang-nhap", open, show_sign_in},
    web::Route{Method::post, "/dang-nhap", open, sign_in, hashes},
    web::Route{Method::get, "/dang-nhap/ma", open, show_second_factor},
    web::Route{Method::post, "/dang-nhap/ma", open, prove_second_factor, {.rate = "sign_in"}},
    web::Route{Method::get, "/dang-nhap/dien-thoai", open, show_by_phone},
    web::Route{Method::post, "/dang-nhap/dien-thoai", open, by_phone, {.rate = "codes"}},
    web::Route{Method::get, "/dang-nhap/dien-thoai/ma", open, show_by_phone_code},
    web::Route{Method::post, "/dang-nhap/dien-thoai/ma", open, enter_by_phone, {.rate = "codes"}},
    web::Route{Method::post, "/dang-xuat", open, sign_out},
    web::Route{Method::get, "/dang-ky", open, show_sign_up},
    web::Route{Method::post, "/dang-ky", open, sign_up, {.rate = "codes"}},
    web::Route{Method::get, "/dang-ky/ma", open, show_sign_up_code},
    web::Route{Method::post, "/dang-ky/ma", open, finish_sign_up, hashes},
    web::Route{Method::get, "/quen-mat-khau", open, show_forgotten},
    web::Route{Method::post, "/quen-mat-khau", open, forgotten, {.rate = "codes"}},
    web::Route{Method::get, "/quen-mat-khau/doi", open, show_reset},
    web::Route{Method::post, "/quen-mat-khau/doi", open, reset, hashes},
    web::Route{Method::get, "/mat-dien-thoai", open, show_lost_phone},
    web::Route{Method::post, "/mat-dien-thoai", open, lost_phone, hashes},
    web::Route{Method::get, "/tai-khoan", signed_in, show_account},
    web::Route{Method::post, "/tai-khoan/phien", signed_in, end_sessions},
    web::Route{Method::get, "/tai-khoan/mat-khau", signed_in, show_password},
    web::Route{Method::post, "/tai-khoan/mat-khau", signed_in, change_password, hashes},
    web::Route{Method::get, "/tai-khoan/lien-he", signed_in, show_contact},
    web::Route{Method::post, "/tai-khoan/lien-he", signed_in, ask_contact, {.rate = "codes"}},
    web::Route{Method::get, "/tai-khoan/lien-he/ma", signed_in, show_contact_code},
    web::Route{Method::post, "/tai-khoan/lien-he/ma", signed_in, change_contact, {.rate = "codes"}},
    web::Route{Method::get, "/tai-khoan/ma-du-phong", signed_in, show_recovery},
    web::Route{Method::post, "/tai-khoan/ma-du-phong", signed_in, make_recovery},
    web::Route{Method::get, "/bat-dau/{token}", open, show_setup, {.rate = "sign_in"}},
    web::Route{Method::post, "/bat-dau/{token}", open, finish_setup, hashes},
    // Machines.
    web::Route{
        Method::get,
        "/api/v1/procedures",
        open,
        list_procedures,
        {.output = web::described<ProcedureList>,
         .about = "Procedures by words, the best first.",
         .query = web::described<ProcedureQuery>}},
    web::Route{
        Method::get,
        "/api/v1/procedures/{id}",
        open,
        send_procedure,
        {.output = web::described<ProcedureShown>,
         .about = "What must be known today to file under a procedure, with the schema of its form.",
         .versioned = true}},
    web::Route{
        Method::post,
        "/api/v1/files",
        signed_in,
        make_file,
        {.body_max = file_max,
         .body = Body::upload,
         .idempotent = false,
         .scope = "dossiers:write",
         .output = web::described<FileMade>,
         .status = 201,
         .about = "Keeps a file to be named in a filing."}},
    web::Route{
        Method::post,
        "/api/v1/dossiers",
        signed_in,
        make_dossier,
        {.body_max = filing_max,
         .lane = Lane::machines,
         .scope = "dossiers:write",
         .input = web::described<DossierSent>,
         .output = web::described<DossierFiled>,
         .status = 201,
         .about = "Files a dossier."}},
    web::Route{
        Method::get,
        "/api/v1/dossiers",
        signed_in,
        list_dossiers,
        {.lane = Lane::machines,
         .scope = "dossiers:read",
         .output = web::described<DossierPageOfList>,
         .about = "One's own dossiers; for an officer's token those of the post's agency.",
         .query = web::described<DossierQuery>}},
    web::Route{
        Method::get,
        "/api/v1/dossiers/{code}",
        signed_in,
        send_dossier,
        {.lane = Lane::machines,
         .scope = "dossiers:read",
         .output = web::described<DossierShown>,
         .about = "A dossier the caller may see.",
         .versioned = true}},
    web::Route{
        Method::get,
        "/api/v1/dossiers/{code}/papers/{paper}",
        signed_in,
        send_dossier_paper,
        {.lane = Lane::machines,
         .scope = "dossiers:read",
         .about = "The bytes of a paper of a dossier; audited.",
         .media = "*/*"}},
    web::Route{
        Method::post,
        "/api/v1/dossiers/{code}/withdrawal",
        signed_in,
        withdraw_dossier,
        {.lane = Lane::machines,
         .scope = "dossiers:write",
         .input = web::described<Withdrawal>,
         .output = web::described<DossierNow>,
         .about = "Withdraws a dossier before it is handed over."}},
    web::Route{
        Method::post,
        "/api/v1/dossiers/{code}/supplement",
        signed_in,
        supplement_dossier,
        {.lane = Lane::machines,
         .scope = "dossiers:write",
         .input = web::described<SupplementSent>,
         .output = web::described<DossierNow>,
         .about = "Answers the request for a supplement."}},
    web::Route{
        Method::post,
        "/api/v1/dossiers/{code}/rating",
        signed_in,
        rate_dossier,
        {.lane = Lane::machines,
         .idempotent = false,
         .scope = "dossiers:write",
         .input = web::described<Rating>,
         .output = web::described<DossierNow>,
         .about = "Rates a finished dossier, once."}},
    web::Route{
        Method::get,
        "/api/v1/track/{code}",
        open,
        send_tracked,
        {.rate = "track",
         .output = web::described<DossierTracked>,
         .about = "State without personal data, by full code.",
         .guesses = true}},
    web::Route{
        Method::post,
        "/api/v1/verifications",
        open,
        verify_sent,
        {.body_max = 20 * 1024 * 1024,
         .lane = Lane::heavy,
         .rate = "verify",
         .csrf = false,
         .idempotent = false,
         .output = web::described<Verification>,
         .about = "Judges a PDF by its signatures and the register. The file is not kept.",
         .query = web::described<VerificationQuery>,
         .input_media = "application/pdf"}},
    web::Route{
        Method::get,
        "/api/v1/papers/{token}",
        open,
        send_paper_known,
        {.rate = "verify",
         .output = web::described<PaperKnown>,
         .about = "What the register says of the paper whose code this is."}},
};

}  // namespace

std::span<const web::Route> routes() { return all; }

}  // namespace thien_an::portal
