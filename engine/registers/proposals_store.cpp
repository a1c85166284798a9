#include <fmt/format.h>

#include "engine/base/vietnamese.h"
#include "engine/identity/audit.h"
#include "engine/identity/permissions.h"
#include "engine/registers/entry_rows.h"
#include "engine/registers/proposals.h"

namespace thien_an::registers {
namespace {

constexpr std::string_view table = "register_proposal";
constexpr const char* columns =
    "id, entry, agency, kind, sealed, asked_at, asked_party, asked_post, decided_at, decided_party, "
    "decided_post, "
    "approved, why";

Problem problem(std::string code, std::string field = "")
{
    return {.code = std::move(code), .field = std::move(field), .law = ""};
}

Proposal proposal_from(const storage::Rows& rows, const crypto::KeyRing& keys)
{
    const auto sealed = rows.bytes(4);
    auto said = open_fields(keys, table, rows.integer(0), sealed);
    if (!said) throw std::runtime_error("a sealed proposal of a register does not open");
    const json::value v(said.value());
    Proposal one{
        .id = rows.id<ProposalId>(0),
        .note =
            {.entry = rows.id<EntryId>(1),
             .kind = rows.text(3),
             .decision = json::string_or(v, "decision"),
             .content = json::string_or(v, "content"),
             .fields = {},
             .evidence = json::string_or(v, "evidence"),
             .prepared_by = rows.id<identity::PartyId>(6),
             .prepared_as = rows.id<identity::PostId>(7)},
        .agency = rows.id<AgencyId>(2),
        .asked_at = rows.instant(5),
        .asked_by = rows.id<identity::PartyId>(6),
        .asked_as = rows.id<identity::PostId>(7),
        .approved = rows.integer(11) != 0,
        .why = rows.text(12)};
    if (const auto* fields = json::member(v, "fields"); fields != nullptr && fields->is_object())
        one.note.fields = fields->get_object();
    if (!rows.null(8)) {
        one.decided_at = rows.instant(8);
        one.decided_by = rows.id<identity::PartyId>(9);
        one.decided_as = rows.id<identity::PostId>(10);
    }
    return one;
}

void note_audit(
    storage::Writer& db,
    const Act& act,
    std::string what,
    const Register& reg,
    const Proposal& of,
    std::string_view why
)
{
    identity::audit(
        db,
        act,
        {.what = std::move(what),
         .subject = "register_entry",
         .subject_id = of.note.entry.value,
         .about = {},
         .agency = of.agency,
         .reason = std::string(why),
         .detail = {{"register", reg.id}, {"kind", of.note.kind}}}
    );
}

}  // namespace

Result<Proposal> find_proposal(storage::Reader& db, const crypto::KeyRing& keys, ProposalId id)
{
    auto rows = db.query_all(
        fmt::format("SELECT {} FROM register_proposal WHERE id = ?1", columns),
        std::array{storage::Value{id.value}}
    );
    if (!rows.next()) return problem("registers.no_such_proposal");
    return proposal_from(rows, keys);
}

std::vector<Proposal> proposals_of(storage::Reader& db, const crypto::KeyRing& keys, EntryId entry, int limit)
{
    auto rows = db.query_all(
        fmt::format(
            "SELECT {} FROM register_proposal WHERE entry = ?1 ORDER BY asked_at DESC, id DESC LIMIT ?2",
            columns
        ),
        std::array{storage::Value{entry.value}, storage::Value{std::int64_t(limit)}}
    );
    std::vector<Proposal> out;
    while (rows.next()) out.push_back(proposal_from(rows, keys));
    return out;
}

Result<ProposalId> propose_note(
    storage::Writer& db, const Act& act, const crypto::KeyRing& keys, const Register& reg, const NewNote& note
)
{
    const auto entry = TRY(find_entry(db, keys, reg, note.entry));
    if (!identity::may(db, act.actor, "registers.enter", entry.agency, act.today()))
        return problem("registers.no_such_entry");
    for (const auto& one : proposals_of(db, keys, note.entry, 50))
        if (one.asked_by == act.actor.party && !one.decided_at) return problem("registers.proposal_waits");
    TRY(check_note(reg, note, entry));
    Proposal made{.id = act.ids.next_as<RegisterProposalTag>(), .note = note, .agency = entry.agency};
    const json::object said{
        {"decision", note.decision},
        {"evidence", note.evidence},
        {"content", note.content},
        {"fields", note.fields}};
    db.execute(
        R"sql(
        INSERT INTO register_proposal (id, entry, agency, kind, sealed, asked_at, asked_party, asked_post)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8))sql",
        made.id,
        note.entry,
        entry.agency,
        note.kind,
        seal_fields(keys, table, made.id.value, said),
        act.now,
        act.actor.party,
        act.actor.post
    );
    note_audit(db, act, "register.propose_note", reg, made, "");
    return made.id;
}

namespace {

void end_proposal(storage::Writer& db, const Act& act, ProposalId id, bool approved, std::string_view why)
{
    db.execute(
        R"sql(
        UPDATE register_proposal
           SET decided_at = ?2, decided_party = ?3, decided_post = ?4, approved = ?5, why = ?6
         WHERE id = ?1)sql",
        id,
        act.now,
        act.actor.party,
        act.actor.post,
        approved,
        why
    );
}

}  // namespace

Result<Done> withdraw_proposal(
    storage::Writer& db, const Act& act, const crypto::KeyRing& keys, const Register& reg, ProposalId id
)
{
    const auto proposal = TRY(find_proposal(db, keys, id));
    if (proposal.asked_by != act.actor.party) return problem("registers.no_such_proposal");
    if (proposal.decided_at) return problem("registers.proposal_decided");
    end_proposal(db, act, id, false, "");
    note_audit(db, act, "register.withdraw_note", reg, proposal, "");
    return Done{};
}

Result<Done> decide_proposal(
    storage::Writer& db,
    const Act& act,
    const crypto::KeyRing& keys,
    const Register& reg,
    ProposalId id,
    bool approve,
    std::string_view why
)
{
    const auto proposal = TRY(find_proposal(db, keys, id));
    if (!identity::may(db, act.actor, "registers.approve", proposal.agency, act.today()))
        return problem("registers.no_such_proposal");
    if (proposal.decided_at) return problem("registers.proposal_decided");
    if (proposal.asked_by == act.actor.party) return problem("registers.second_person");
    if (!approve && folded(why).empty()) return problem("registers.reason_missing", "/why");
    if (approve) TRY(add_note(db, act, keys, reg, proposal.note));
    end_proposal(db, act, id, approve, why);
    note_audit(db, act, approve ? "register.approve_note" : "register.refuse_note", reg, proposal, why);
    return Done{};
}

std::vector<Waiting> waiting_for(storage::Reader& db, const Actor& actor, Day today, int limit)
{
    std::vector<Waiting> out;
    for (const bool opening : {false, true}) {
        const auto visible = identity::visible(
            db,
            actor,
            opening ? "registers.open_sealed" : "registers.approve",
            today,
            2,
            {.agency = "s.agency", .owner = "", .sealed = ""}
        );
        std::vector<storage::Value> values{storage::Value{std::int64_t(limit)}};
        for (const auto v : visible.values) values.emplace_back(v);
        auto rows = db.query_all(
            fmt::format(
                "SELECT s.register, p.entry, s.number, s.year, s.agency, p.id, {}, p.asked_at, "
                "p.asked_party, "
                "p.asked_post FROM {} p JOIN register_state s ON s.entry = p.entry "
                "WHERE p.decided_at IS NULL AND {} ORDER BY p.asked_at LIMIT ?1",
                opening ? "''" : "p.kind",
                opening ? "register_opening" : "register_proposal",
                visible.sql
            ),
            values
        );
        while (rows.next())
            out.push_back(
                {.register_id = rows.text(0),
                 .entry = rows.id<EntryId>(1),
                 .printed = fmt::format("{}/{}", rows.integer(2), rows.integer(3)),
                 .agency = rows.id<AgencyId>(4),
                 .id = rows.integer(5),
                 .opening = opening,
                 .kind = rows.text(6),
                 .asked_at = rows.instant(7),
                 .asked_by = rows.id<identity::PartyId>(8),
                 .asked_as = rows.id<identity::PostId>(9)}
            );
    }
    std::sort(out.begin(), out.end(), [](const Waiting& a, const Waiting& b) {
        return a.asked_at < b.asked_at;
    });
    return out;
}

}  // namespace thien_an::registers
