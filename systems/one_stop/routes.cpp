#include "systems/one_stop/routes.h"

#include <array>

#include "systems/one_stop/account_pages.h"
#include "systems/one_stop/api.h"
#include "systems/one_stop/counter_pages.h"
#include "systems/one_stop/dossier_acts.h"
#include "systems/one_stop/dossier_pages.h"
#include "systems/one_stop/queue_pages.h"
#include "systems/one_stop/register_api.h"
#include "systems/one_stop/task_pages.h"

namespace thien_an::one_stop {
namespace {

using web::Body;
using web::Lane;
using web::Method;
using web::signed_in;

constexpr std::size_t scans_max = 64 * 1024 * 1024;  ///< All scans of one posted step.
constexpr std::size_t scan_max = 24 * 1024 * 1024;   ///< One scan; the procedure's own limit is smaller.
constexpr web::Options scans{.body_max = scans_max, .body = Body::upload};

constexpr std::array all{
    // The queue.
    web::Route{Method::get, "/ban-lam-viec", signed_in, show_queue},
    web::Route{Method::get, "/ban-lam-viec/co-quan", "dossiers.read", show_agency_queue},
    web::Route{Method::get, "/ban-lam-viec/tim", "dossiers.read", show_search},
    web::Route{Method::get, "/ban-lam-viec/dong", "dossiers.read", stream},
    web::Route{Method::post, "/ban-lam-viec/chon", "dossiers.read", act_on_picked},
    web::Route{Method::get, "/ban-lam-viec/giao", "dossiers.reassign", show_give_picked},
    web::Route{Method::post, "/ban-lam-viec/giao", "dossiers.reassign", give_picked},
    web::Route{Method::get, "/ban-lam-viec/muc-luc", signed_in, show_menu},
    // A dossier.
    web::Route{Method::get, "/ban-lam-viec/ho-so/{code}", "dossiers.read", show_dossier},
    web::Route{Method::get, "/ban-lam-viec/ho-so/{code}/so-do", "dossiers.read", show_picture},
    web::Route{Method::get, "/ban-lam-viec/ho-so/{code}/le-phi", "dossiers.read", show_fee},
    web::Route{Method::get, "/ban-lam-viec/ho-so/{code}/giay/{paper}", "dossiers.read", send_paper},
    web::Route{Method::get, "/ban-lam-viec/ho-so/{code}/hien", "dossiers.read", show_reveal},
    web::Route{
        Method::post, "/ban-lam-viec/ho-so/{code}/hien", "dossiers.read", reveal, {.idempotent = false}},
    // Its tasks. Who may do one is decided by casework.
    web::Route{
        Method::get, "/ban-lam-viec/ho-so/{code}/viec/{task}/{outcome}", "dossiers.read", show_outcome},
    web::Route{
        Method::post, "/ban-lam-viec/ho-so/{code}/viec/{task}/{outcome}", "dossiers.read", take_outcome},
    web::Route{Method::post, "/ban-lam-viec/ho-so/{code}/nhan-viec/{task}", "dossiers.read", claim},
    web::Route{Method::post, "/ban-lam-viec/ho-so/{code}/tra-viec/{task}", "dossiers.read", release},
    web::Route{Method::get, "/ban-lam-viec/ho-so/{code}/chuyen/{task}", "dossiers.reassign", show_give},
    web::Route{Method::post, "/ban-lam-viec/ho-so/{code}/chuyen/{task}", "dossiers.reassign", give},
    // Beside its tasks.
    web::Route{Method::get, "/ban-lam-viec/ho-so/{code}/y-kien", "dossiers.read", show_note},
    web::Route{Method::post, "/ban-lam-viec/ho-so/{code}/y-kien", "dossiers.read", take_note},
    web::Route{Method::get, "/ban-lam-viec/ho-so/{code}/quet", "dossiers.read", show_attach},
    web::Route{Method::post, "/ban-lam-viec/ho-so/{code}/quet", "dossiers.read", attach, scans},
    web::Route{Method::get, "/ban-lam-viec/ho-so/{code}/thu-phi", "payments.take", show_payment},
    web::Route{Method::post, "/ban-lam-viec/ho-so/{code}/thu-phi", "payments.take", take_payment},
    web::Route{Method::get, "/ban-lam-viec/ho-so/{code}/xin-loi", "dossiers.read", show_apology},
    web::Route{Method::post, "/ban-lam-viec/ho-so/{code}/xin-loi", "dossiers.read", apologise},
    web::Route{Method::get, "/ban-lam-viec/ho-so/{code}/rut", "dossiers.file_at_counter", show_withdraw},
    web::Route{Method::post, "/ban-lam-viec/ho-so/{code}/rut", "dossiers.file_at_counter", withdraw},
    // The counter.
    web::Route{Method::get, "/ban-lam-viec/nhan-tai-quay", "dossiers.file_at_counter", show_counter},
    web::Route{
        Method::post, "/ban-lam-viec/nhan-tai-quay/{page}", "dossiers.file_at_counter", begin_at_counter},
    web::Route{
        Method::get,
        "/ban-lam-viec/nhan-tai-quay/{draft}/buoc/{step}",
        "dossiers.file_at_counter",
        show_counter_step},
    web::Route{
        Method::post,
        "/ban-lam-viec/nhan-tai-quay/{draft}/buoc/{step}",
        "dossiers.file_at_counter",
        take_counter_step,
        scans},
    web::Route{
        Method::post,
        "/ban-lam-viec/nhan-tai-quay/{draft}/tep/{paper}",
        "dossiers.file_at_counter",
        take_scan,
        {.body_max = scan_max, .body = Body::upload, .idempotent = false}},
    web::Route{
        Method::post,
        "/ban-lam-viec/nhan-tai-quay/{draft}/bo",
        "dossiers.file_at_counter",
        discard_at_counter},
    // One's own.
    web::Route{Method::get, "/ban-lam-viec/tai-khoan", signed_in, show_account},
    web::Route{Method::post, "/ban-lam-viec/tai-khoan/chuc-vu", signed_in, choose_post},
    web::Route{Method::post, "/ban-lam-viec/tai-khoan/phim", signed_in, switch_keys},
    // Machines.
    web::Route{
        Method::get,
        "/api/v1/tasks",
        "dossiers.read",
        list_tasks,
        {.lane = Lane::machines,
         .scope = "tasks",
         .output = web::described<TaskPage>,
         .about = "Tasks the caller's post may do, the soonest due first.",
         .query = web::described<web::ListingQuery>}},
    web::Route{
        Method::get,
        "/api/v1/tasks/{id}",
        "dossiers.read",
        send_task,
        {.lane = Lane::machines,
         .scope = "tasks",
         .output = web::described<TaskOpened>,
         .about = "A task with its outcomes and the schema of its form.",
         .versioned = true}},
    web::Route{
        Method::post,
        "/api/v1/tasks/{id}/complete",
        "dossiers.read",
        complete_task,
        {.lane = Lane::machines,
         .scope = "tasks",
         .input = web::described<TaskDone>,
         .output = web::described<TaskCompleted>,
         .about = "Does a task with one of its outcomes.",
         .versioned = true}},
    web::Route{
        Method::post,
        "/api/v1/tasks/{id}/claim",
        "dossiers.read",
        claim_task,
        {.lane = Lane::machines,
         .idempotent = false,
         .scope = "tasks",
         .input = web::described<NothingSent>,
         .output = web::described<TaskOpened>,
         .about = "Takes a task for the caller's post."}},
    web::Route{
        Method::post,
        "/api/v1/tasks/{id}/release",
        "dossiers.read",
        release_task,
        {.lane = Lane::machines,
         .idempotent = false,
         .scope = "tasks",
         .input = web::described<NothingSent>,
         .output = web::described<TaskOpened>,
         .about = "Gives a task back."}},
    web::Route{
        Method::post,
        "/api/v1/tasks/{id}/reassign",
        "dossiers.reassign",
        reassign_task,
        {.lane = Lane::machines,
         .idempotent = false,
         .scope = "tasks",
         .input = web::described<TaskGiven>,
         .output = web::described<TaskOpened>,
         .about = "Gives a task to another post of the agency."}},
    web::Route{
        Method::post,
        "/api/v1/dossiers/{code}/notes",
        "dossiers.read",
        note_dossier,
        {.lane = Lane::machines,
         .idempotent = false,
         .scope = "tasks",
         .input = web::described<NoteSent>,
         .output = web::described<ActDone>,
         .about = "Adds a note that officers see in the timeline."}},
    web::Route{
        Method::post,
        "/api/v1/dossiers/{code}/apology",
        "dossiers.read",
        apologise_for_dossier,
        {.lane = Lane::machines,
         .idempotent = false,
         .scope = "tasks",
         .input = web::described<ApologySent>,
         .output = web::described<ActDone>,
         .about = "Sends a letter of apology with a new due day."}},
    web::Route{
        Method::post,
        "/api/v1/dossiers/{code}/payment",
        "payments.take",
        take_dossier_payment,
        {.lane = Lane::machines,
         .idempotent = false,
         .scope = "tasks",
         .input = web::described<PaymentSent>,
         .output = web::described<ActDone>,
         .about = "Records the fee taken at the counter."}},
    web::Route{
        Method::get,
        "/api/v1/registers/{register}/entries",
        "registers.read",
        list_entries,
        {.lane = Lane::machines,
         .scope = "registers:read",
         .output = web::described<EntryList>,
         .about = "Entries of a register the caller may see, the latest first.",
         .query = web::described<EntryQuery>}},
    web::Route{
        Method::get,
        "/api/v1/registers/{register}/entries/{entry}",
        "registers.read",
        send_entry,
        {.lane = Lane::machines,
         .scope = "registers:read",
         .output = web::described<EntryShown>,
         .about = "An entry, sensitive fields masked."}},
    web::Route{
        Method::post,
        "/api/v1/registers/{register}/entries/{entry}/reveal",
        "registers.read",
        reveal_entry,
        {.lane = Lane::machines,
         .idempotent = false,
         .scope = "registers:read",
         .input = web::described<RevealAsked>,
         .output = web::described<EntryShown>,
         .about = "An entry in clear, for a reason that is kept."}},
};

}  // namespace

std::span<const web::Route> routes() { return all; }

}  // namespace thien_an::one_stop
