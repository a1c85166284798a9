#include "systems/administration/routes.h"

#include <array>

#include "systems/administration/agency_pages.h"
#include "systems/administration/audit_pages.h"
#include "systems/administration/client_pages.h"
#include "systems/administration/delegation_pages.h"
#include "systems/administration/edit_pages.h"
#include "systems/administration/factor_pages.h"
#include "systems/administration/hold_pages.h"
#include "systems/administration/import_pages.h"
#include "systems/administration/node_api.h"
#include "systems/administration/node_pages.h"
#include "systems/administration/outbox_pages.h"
#include "systems/administration/pack_api.h"
#include "systems/administration/pack_pages.h"
#include "systems/administration/people_pages.h"
#include "systems/administration/settings_pages.h"
#include "systems/administration/table_pages.h"
#include "systems/administration/token_api.h"
#include "systems/administration/try_pages.h"

namespace thien_an::administration {
namespace {

using web::Lane;
using web::Method;
using web::signed_in;

constexpr std::size_t table_bytes_max = 5 * 1024 * 1024;
constexpr std::size_t lines_bytes_max = 8 * 1024 * 1024;
constexpr std::size_t node_file_bytes_max = 20 * 1024 * 1024;
constexpr std::size_t pack_bytes_max = 4 * 1024 * 1024;
constexpr web::Options hashes{.lane = Lane::heavy};

constexpr std::array all{
    web::Route{Method::get, "/ban-lam-viec/co-quan-to-chuc", "posts.read", show_agencies},
    // People.
    web::Route{Method::get, "/ban-lam-viec/nhan-su", "people.manage", show_people},
    web::Route{Method::get, "/ban-lam-viec/nhan-su/them", "people.manage", show_new_person},
    web::Route{Method::post, "/ban-lam-viec/nhan-su/them", "people.manage", add_person, hashes},
    web::Route{Method::get, "/ban-lam-viec/nhan-su/nhap", "people.manage", show_import},
    web::Route{
        Method::post,
        "/ban-lam-viec/nhan-su/nhap",
        "people.manage",
        check_import,
        {.body_max = table_bytes_max, .lane = Lane::heavy}},
    web::Route{Method::post, "/ban-lam-viec/nhan-su/nhap/ghi", "people.manage", write_import, hashes},
    web::Route{Method::get, "/ban-lam-viec/nhan-su/nhap/mau", "people.manage", send_import_template},
    web::Route{Method::get, "/ban-lam-viec/nhan-su/{party}", "people.manage", show_person},
    web::Route{Method::post, "/ban-lam-viec/nhan-su/{party}", "people.manage", give_post},
    web::Route{Method::get, "/ban-lam-viec/nhan-su/{party}/thoi", "people.manage", show_relieve},
    web::Route{Method::post, "/ban-lam-viec/nhan-su/{party}/thoi", "people.manage", relieve_person},
    web::Route{Method::get, "/ban-lam-viec/nhan-su/{party}/xem", "people.manage", show_reveal},
    web::Route{Method::post, "/ban-lam-viec/nhan-su/{party}/xem", "people.manage", reveal_person},
    web::Route{Method::get, "/ban-lam-viec/nhan-su/{party}/dong", "people.manage", show_close},
    web::Route{Method::post, "/ban-lam-viec/nhan-su/{party}/dong", "people.manage", close_person},
    // Delegation: the holder of a post may delegate it, so the handler decides.
    web::Route{Method::get, "/ban-lam-viec/uy-quyen", signed_in, show_delegations},
    web::Route{Method::get, "/ban-lam-viec/uy-quyen/them", signed_in, show_new_delegation},
    web::Route{Method::post, "/ban-lam-viec/uy-quyen/them", signed_in, add_delegation},
    web::Route{Method::get, "/ban-lam-viec/uy-quyen/{id}/cham-dut", signed_in, show_end_delegation},
    web::Route{Method::post, "/ban-lam-viec/uy-quyen/{id}/cham-dut", signed_in, end_delegation},
    // One's own second factor.
    web::Route{Method::get, "/ban-lam-viec/xac-thuc", signed_in, show_factor},
    web::Route{Method::post, "/ban-lam-viec/xac-thuc", signed_in, begin_factor},
    web::Route{Method::post, "/ban-lam-viec/xac-thuc/bat", signed_in, confirm_factor, {.rate = "sign_in"}},
    // The program itself.
    web::Route{Method::get, "/ban-lam-viec/cai-dat", "agency.settings", show_settings},
    web::Route{Method::get, "/ban-lam-viec/cai-dat/{key}", "settings.manage", show_setting},
    web::Route{Method::post, "/ban-lam-viec/cai-dat/{key}", "settings.manage", change_setting},
    web::Route{Method::get, "/ban-lam-viec/hop-thu-di", "outbox.manage", show_outbox},
    web::Route{Method::get, "/ban-lam-viec/hop-thu-di/{id}", "incidents.manage", show_incident},
    web::Route{Method::post, "/ban-lam-viec/hop-thu-di/{id}/gui-lai", "incidents.manage", resend},
    web::Route{Method::get, "/ban-lam-viec/hop-thu-di/{id}/ket-thuc", "incidents.manage", show_settle},
    web::Route{Method::post, "/ban-lam-viec/hop-thu-di/{id}/ket-thuc", "incidents.manage", settle},
    web::Route{Method::get, "/ban-lam-viec/nhat-ky", "audit.read", show_audit},
    web::Route{Method::get, "/ban-lam-viec/nhat-ky/csv", "audit.read", send_audit, {.lane = Lane::heavy}},
    web::Route{Method::get, "/ban-lam-viec/chuong-trinh", "settings.manage", show_clients},
    web::Route{Method::post, "/ban-lam-viec/chuong-trinh", "settings.manage", add_client},
    web::Route{Method::get, "/ban-lam-viec/goi", "packs.publish", show_packs},
    web::Route{Method::get, "/ban-lam-viec/goi/cong-bo", "packs.publish", show_publish},
    web::Route{
        Method::post,
        "/ban-lam-viec/goi/cong-bo",
        "packs.publish",
        check_publish,
        {.body_max = pack_bytes_max, .lane = Lane::heavy}},
    web::Route{
        Method::post, "/ban-lam-viec/goi/cong-bo/ky", "packs.publish", sign_unproved, {.lane = Lane::heavy}},
    web::Route{
        Method::post, "/ban-lam-viec/goi/cong-bo/ghi", "packs.publish", publish, {.lane = Lane::heavy}},
    web::Route{Method::get, "/ban-lam-viec/goi/{name}", "packs.publish", show_pack},
    web::Route{
        Method::get, "/ban-lam-viec/goi/{name}/sua", "packs.publish", show_editor, {.lane = Lane::heavy}},
    web::Route{
        Method::post,
        "/ban-lam-viec/goi/{name}/sua",
        "packs.publish",
        check_edited,
        {.body_max = pack_bytes_max, .lane = Lane::heavy}},
    web::Route{
        Method::get, "/ban-lam-viec/goi/{name}/bang", "packs.publish", show_steps, {.lane = Lane::heavy}},
    web::Route{
        Method::post,
        "/ban-lam-viec/goi/{name}/bang",
        "packs.publish",
        take_steps,
        {.body_max = pack_bytes_max, .lane = Lane::heavy}},
    web::Route{
        Method::get, "/ban-lam-viec/goi/{name}/bang/csv", "packs.publish", send_steps, {.lane = Lane::heavy}},
    web::Route{Method::get, "/ban-lam-viec/goi/{name}/thu", "packs.publish", show_try, {.lane = Lane::heavy}},
    web::Route{
        Method::post,
        "/ban-lam-viec/goi/{name}/thu",
        "packs.publish",
        do_try,
        {.body_max = pack_bytes_max, .lane = Lane::heavy}},
    web::Route{
        Method::get,
        "/ban-lam-viec/goi/{name}/chuyen",
        "processes.manage",
        show_moves,
        {.lane = Lane::heavy}},
    web::Route{
        Method::post,
        "/ban-lam-viec/goi/{name}/chuyen",
        "processes.manage",
        move_running,
        {.lane = Lane::heavy}},
    web::Route{
        Method::get,
        "/ban-lam-viec/goi/{name}/{version}",
        "packs.publish",
        show_version,
        {.lane = Lane::heavy}},
    web::Route{
        Method::get,
        "/ban-lam-viec/goi/{name}/{version}/zip",
        "packs.publish",
        send_version,
        {.lane = Lane::heavy}},
    web::Route{
        Method::post,
        "/ban-lam-viec/goi/{name}/{version}/dung-lai",
        "packs.publish",
        put_back,
        {.lane = Lane::heavy}},
    // Processes that are held.
    web::Route{Method::get, "/ban-lam-viec/tam-dung", "processes.manage", show_holds},
    web::Route{Method::get, "/ban-lam-viec/tam-dung/them", "processes.manage", show_new_hold},
    web::Route{Method::post, "/ban-lam-viec/tam-dung/them", "processes.manage", add_hold},
    web::Route{Method::get, "/ban-lam-viec/tam-dung/{id}/mo", "processes.manage", show_release},
    web::Route{Method::post, "/ban-lam-viec/tam-dung/{id}/mo", "processes.manage", release_hold},
    // Communes that work without network.
    web::Route{Method::get, "/ban-lam-viec/nut-ngoai-tuyen", "nodes.manage", show_nodes},
    web::Route{Method::get, "/ban-lam-viec/nut-ngoai-tuyen/{lease}", "nodes.manage", show_node},
    web::Route{Method::get, "/ban-lam-viec/nut-ngoai-tuyen/{lease}/thu-hoi", "nodes.manage", show_take_back},
    web::Route{
        Method::post, "/ban-lam-viec/nut-ngoai-tuyen/{lease}/thu-hoi", "nodes.manage", take_back_books},
    web::Route{Method::get, "/ban-lam-viec/nut-ngoai-tuyen/xung-dot/{line}", "nodes.manage", show_conflict},
    web::Route{
        Method::post, "/ban-lam-viec/nut-ngoai-tuyen/xung-dot/{line}", "nodes.manage", decide_conflict},
    // Machines.
    web::Route{
        Method::post,
        "/api/v1/node/lines",
        web::open,
        take_node_lines,
        {.body_max = lines_bytes_max,
         .lane = Lane::machines,
         .csrf = false,
         .idempotent = false,
         .input = web::described<NodeLines>,
         .output = web::described<NodeVerdict>,
         .about = "Lines a node without network has written, each signed by it; each counts once."}},
    web::Route{
        Method::post,
        "/api/v1/node/files/{lease}/{signature}",
        web::open,
        take_node_file,
        {.body_max = node_file_bytes_max,
         .lane = Lane::machines,
         .body = web::Body::upload,
         .csrf = false,
         .idempotent = false,
         .output = web::described<NodeVerdict>,
         .about = "A file those lines name; the signature is of the node, over its SHA-256."}},
    web::Route{
        Method::post,
        "/oauth/token",
        web::open,
        give_token,
        {.lane = Lane::machines, .rate = "sign_in", .csrf = false, .idempotent = false}},
    web::Route{
        Method::get,
        "/api/v1/me",
        signed_in,
        show_me,
        {.scope = web::any_scope,
         .output = web::described<Me>,
         .about = "Who asks: name, posts, permissions and scopes."}},
    web::Route{
        Method::get,
        "/api/v1/packs/{name}",
        "packs.publish",
        send_pack,
        {.lane = Lane::machines,
         .scope = "packs",
         .output = web::described<PackShown>,
         .about = "Versions of a data pack, the latest first."}},
    web::Route{
        Method::get,
        "/api/v1/packs/{name}/archive",
        "packs.publish",
        send_pack_archive,
        {.lane = Lane::heavy,
         .scope = "packs",
         .about = "The version in force as a ZIP; equal content gives equal bytes.",
         .media = "application/zip"}},
    web::Route{
        Method::post,
        "/api/v1/packs",
        "packs.publish",
        publish_pack,
        {.body_max = pack_bytes_max,
         .lane = Lane::heavy,
         .idempotent = false,
         .scope = "packs",
         .output = web::described<PackPublished>,
         .status = 201,
         .about = "Puts a folder in force, or refuses it by file, line and reason.",
         .query = web::described<PublishQuery>,
         .input_media = "application/zip"}},
};

constexpr std::array entries{
    web::DeskEntry{
        "administration.menu",
        "administration.people.title",
        "users",
        "/ban-lam-viec/nhan-su",
        "people.manage"},
    web::DeskEntry{
        "administration.menu",
        "administration.agencies.title",
        "house",
        "/ban-lam-viec/co-quan-to-chuc",
        "posts.read"},
    web::DeskEntry{
        "administration.menu", "administration.delegations.title", "swap", "/ban-lam-viec/uy-quyen", ""},
    web::DeskEntry{
        "administration.menu",
        "administration.settings.title",
        "gear",
        "/ban-lam-viec/cai-dat",
        "agency.settings"},
    web::DeskEntry{
        "administration.menu", "administration.packs.title", "box", "/ban-lam-viec/goi", "packs.publish"},
    web::DeskEntry{
        "administration.menu",
        "administration.clients.title",
        "key",
        "/ban-lam-viec/chuong-trinh",
        "settings.manage"},
    web::DeskEntry{
        "administration.menu",
        "administration.outbox.title",
        "send",
        "/ban-lam-viec/hop-thu-di",
        "outbox.manage"},
    web::DeskEntry{
        "administration.menu",
        "administration.holds.title",
        "pause",
        "/ban-lam-viec/tam-dung",
        "processes.manage"},
    web::DeskEntry{
        "administration.menu",
        "administration.nodes.title",
        "send",
        "/ban-lam-viec/nut-ngoai-tuyen",
        "nodes.manage"},
    web::DeskEntry{
        "administration.menu",
        "administration.audit.title",
        "history",
        "/ban-lam-viec/nhat-ky",
        "audit.read"},
};

}  // namespace

std::span<const web::Route> routes() { return all; }

std::span<const web::DeskEntry> desk_entries() { return entries; }

}  // namespace thien_an::administration
