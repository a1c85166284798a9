#include "systems/administration/client_pages.h"

#include "engine/identity/parties.h"
#include "engine/identity/tokens.h"

#include "systems/administration/visit.h"

namespace thien_an::administration {
namespace {

const std::string path = "/ban-lam-viec/chuong-trinh";

web::Response draw(
    const web::Request& request, const std::vector<Problem>& problems, const web::Context& context
)
{
    FormPage form{
        .title = context.say("administration.clients.title"),
        .subtitle = context.say("administration.clients.lead"),
        .back = "/ban-lam-viec/cai-dat",
        .back_text = context.say("administration.settings.title"),
        .action = path,
        .submit = context.say("administration.clients.add")};
    const auto known = context.database().read([](storage::Reader& db) { return identity::clients(db); });
    for (const auto& client : known)
        form.pairs.push_back(casework::pair_values(client.name, text_of(client.id) + ": " + client.scopes));
    form.fields = {
        asked("name", "administration.clients.name", request, problems, context),
        asked("scopes", "administration.clients.scopes", request, problems, context)};
    form.problems = problems;
    return draw_form(std::move(form), context);
}

Result<identity::ClientSecret> take(const web::Request& request, const web::Context& context)
{
    return context.database().write({}, [&](storage::Writer& db) -> Result<identity::ClientSecret> {
        const auto now = act(context);
        const auto party = TRY(identity::create_party(
            db,
            means(context).keys,
            now,
            {.kind = identity::PartyKind::organisation, .name = request.form.get("name")}
        ));
        return identity::register_client(
            db,
            now,
            {.name = request.form.get("name"),
             .party = party,
             .post = {},
             .scopes = request.form.get("scopes")}
        );
    });
}

}  // namespace

Result<web::Response> show_clients(const web::Request& request, web::Context& context)
{
    return draw(request, {}, context);
}

Result<web::Response> add_client(const web::Request& request, web::Context& context)
{
    const auto made = take(request, context);
    if (!made) return draw(request, placed(made.problem(), {"/name", "/scopes"}, "/name"), context);
    FormPage form{
        .title = context.say("administration.clients.made"),
        .back = path,
        .back_text = context.say("administration.clients.title"),
        .action = path,
        .submit = context.say("administration.clients.another")};
    form.notes.push_back(chip("warn", "alert", context.say("administration.clients.once")));
    form.pairs = {
        casework::pair_values("client_id", made.value().client_id, true),
        casework::pair_values("client_secret", made.value().secret, true)};
    return draw_form(std::move(form), context);
}

}  // namespace thien_an::administration
