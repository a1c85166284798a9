#include "systems/civil_status/hospital_notice_desk.h"

#include <algorithm>

#include "engine/casework/dossier_store.h"
#include "engine/casework/drafts_store.h"
#include "engine/casework/filing.h"
#include "engine/casework/packs.h"
#include "engine/crypto/hash.h"
#include "engine/crypto/random.h"
#include "engine/identity/agencies.h"
#include "engine/identity/audit.h"
#include "engine/notices/notices.h"
#include "engine/storage/files.h"

#include "systems/civil_status/notice_answers.h"

namespace thien_an::civil_status {
namespace {

constexpr std::chrono::days days_apart{2};
constexpr std::size_t code_letters = 12;

Problem problem(std::string code) { return {.code = std::move(code), .field = "", .law = ""}; }

Bytes content_hash(const Notice& notice)
{
    const auto hash = crypto::sha256(json::canonical(json::value(notice_value(notice))));
    return {hash.begin(), hash.end()};
}

/// The commune of the mother or the deceased, as it is today: an old code leads to its successor.
std::optional<identity::Agency> agency_of(storage::Reader& db, const Notice& notice, Day today)
{
    const auto& unit = notice.kind == NoticeKind::birth ? notice.mother.unit : notice.subject.unit;
    if (unit.empty()) return std::nullopt;
    if (const auto agency = identity::agency_for_unit(db, unit, today)) return agency.value();
    const auto then = identity::agency_for_unit(db, unit, day_of(notice.at));
    if (!then) return std::nullopt;
    for (const auto heir : identity::agencies_after(db, then.value().id, today))
        if (const auto agency = identity::agency_on(db, heir, today)) return agency.value();
    return std::nullopt;
}

void audit_notice(
    storage::Writer& db,
    const identity::Act& act,
    std::string what,
    const StoredNotice& notice,
    std::string_view reason = ""
)
{
    identity::audit(
        db,
        act,
        {.what = std::move(what),
         .subject = "hospital_notice",
         .subject_id = notice.id.value,
         .about = {},
         .agency = notice.agency,
         .reason = std::string(reason),
         .detail = {{"facility", notice.notice.facility_code}}}
    );
}

std::string answer(const json::value& form, std::string_view pointer)
{
    const auto* v = json::find(form, pointer);
    return v == nullptr || !v->is_string() ? "" : std::string(v->get_string());
}

std::int64_t year_in(const json::value& form, NoticeKind kind)
{
    if (kind == NoticeKind::birth) {
        const auto* year = json::find(form, "/mother/birth_year");
        return year == nullptr || !year->is_int64() ? 0 : year->get_int64();
    }
    const auto born = parse_day(answer(form, "/deceased/born_on"));
    return born ? std::int64_t(int(std::chrono::year_month_day{born.value()}.year())) : 0;
}

/// How well a notice fits: sex and, where the facility knows it, the name; negative when it is somebody else.
int fits(const StoredNotice& notice, const json::value& form)
{
    const auto& subject = notice.notice.subject;
    const bool birth = notice.notice.kind == NoticeKind::birth;
    const auto sex = answer(form, birth ? "/child/sex" : "/deceased/sex");
    if (!sex.empty() && subject.sex != "other" && subject.sex != sex) return -1;
    const auto name = answer(form, birth ? "/child/full_name" : "/deceased/full_name");
    const bool named = !subject.full_name.empty() && same_name(subject.full_name, name);
    const auto day = parse_day(answer(form, birth ? "/child/born_on" : "/death/died_on"));
    const bool same_day = day && day.value() == day_of(notice.notice.at);
    return int(named) * 2 + int(same_day);
}

/// Notices nobody has answered that may be of what is filed, the best first.
std::optional<StoredNotice> open_match(
    const casework::Office& office, storage::Reader& db, NoticeKind kind, const json::value& form
)
{
    const bool birth = kind == NoticeKind::birth;
    const auto day = parse_day(answer(form, birth ? "/child/born_on" : "/death/died_on"));
    if (!day) return std::nullopt;
    const auto name = answer(form, birth ? "/mother/full_name" : "/deceased/full_name");
    const auto number = answer(form, birth ? "/mother/identity_number" : "/deceased/identity_number");
    auto found = notices_like(
        db,
        office.keys,
        kind,
        notice_identity_word(office.keys, number),
        notice_name_word(office.keys, name, year_in(form, kind)),
        day.value(),
        days_apart
    );
    std::erase_if(found, [&](const StoredNotice& one) {
        return fits(one, form) < 0 || notice_answered(db, one);
    });
    const auto best = std::max_element(found.begin(), found.end(), [&](const auto& a, const auto& b) {
        return fits(a, form) < fits(b, form);
    });
    return best == found.end() ? std::nullopt : std::optional(*best);
}

/// Whether the answers are of the birth or death the notice tells of.
bool same_event(const json::value& form, const Notice& notice)
{
    const bool birth = notice.kind == NoticeKind::birth;
    const auto& known = birth ? notice.mother : notice.subject;
    const auto number = answer(form, birth ? "/mother/identity_number" : "/deceased/identity_number");
    const auto name = answer(form, birth ? "/mother/full_name" : "/deceased/full_name");
    const bool same = !number.empty() && !known.identity_number.empty()
                          ? number == known.identity_number
                          : year_in(form, notice.kind) == known.year() && same_name(name, known.full_name);
    const auto day = parse_day(answer(form, birth ? "/child/born_on" : "/death/died_on"));
    return same && day && std::chrono::abs(day.value() - day_of(notice.at)) <= days_apart &&
           fits({.notice = notice}, form) >= 0;
}

/// Dossiers whose entry is of the mother or the deceased, by what is indexed.
std::vector<std::int64_t> entered_dossiers(
    const casework::Office& office, storage::Reader& db, const Notice& notice
)
{
    constexpr int most = 20;
    const bool birth = notice.kind == NoticeKind::birth;
    std::vector<std::int64_t> found;
    const auto reg = office.packs.reg(birth ? "births" : "deaths");
    const auto& known = birth ? notice.mother : notice.subject;
    const std::string who = birth ? "mother" : "deceased";
    if (!reg) return found;
    const auto add = [&](const std::string& field, const std::string& value) {
        const auto* declared = reg->field(field);
        if (declared == nullptr || !declared->indexed || value.empty()) return;
        for (const auto id : registers::entries_with(db, office.keys, *reg, field, value, most))
            if (const auto entry = registers::find_entry(db, office.keys, *reg, id);
                entry && entry.value().dossier)
                found.push_back(entry.value().dossier);
    };
    add(who + "_identity_number", known.identity_number);
    add(who + "_full_name", known.full_name);
    return found;
}

/// A dossier of the family that was filed before the notice came: they were quicker than the facility.
std::optional<casework::Dossier> filed_before(
    const casework::Office& office, storage::Reader& db, const StoredNotice& stored
)
{
    const auto& notice = stored.notice;
    auto ids = entered_dossiers(office, db, notice);
    if (stored.agency)
        for (const auto id : dossiers_filed_since(
                 db, procedure_of(notice.kind), stored.agency, at(day_of(notice.at), Minutes{0})
             ))
            ids.push_back(id);
    for (const auto id : ids) {
        if (notice_of_dossier(db, id)) continue;
        if (!same_event(casework::form_of(db, office.keys, casework::DossierId{id}).form, notice)) continue;
        if (auto dossier = casework::find_dossier(db, casework::DossierId{id})) return dossier.value();
    }
    return std::nullopt;
}

TakenNotice told(storage::Reader& db, const StoredNotice& notice, bool repeated, Day today)
{
    TakenNotice taken{
        .id = notice.id, .code = notice.code, .received_at = notice.received_at, .repeated = repeated};
    if (const auto agency = identity::agency_on(db, notice.agency, today))
        taken.agency_name = agency.value().name_vi;
    if (notice.dossier != 0)
        if (const auto dossier = casework::find_dossier(db, casework::DossierId{notice.dossier}))
            taken.dossier = dossier.value().code;
    return taken;
}

/// The notice as a paper: a PDF that says what the facility said.
Result<storage::StoredBlob> drawn(casework::Office& office, const Files& files, const StoredNotice& notice)
{
    const bool birth = notice.notice.kind == NoticeKind::birth;
    const auto paper = TRY(documents::draw(
        birth ? files.birth_notice : files.death_notice,
        {.values = notice_paper_values(office.codes, notice), .created = notice.received_at}
    ));
    return office.files.keep(paper.pdf, storage::FileKind::pdf);
}

}  // namespace

std::string_view procedure_of(NoticeKind kind)
{
    return kind == NoticeKind::birth ? "birth_registration" : "death_registration";
}

Result<TakenNotice> take_notice(casework::Office& office, const identity::Actor& actor, const Notice& notice)
{
    const identity::Act act{actor, office.clock.now(), office.ids};
    StoredNotice stored{
        .id = office.ids.next_as<HospitalNoticeTag>(),
        .notice = notice,
        .code = crypto::random_readable(code_letters),
        .content_hash = content_hash(notice),
        .sender = actor.party,
        .received_at = act.now};
    // Two calls with one number at once: the second waits for the first, and finds it.
    const auto number_hash = crypto::sha256(notice.facility_code + "/" + notice.number);
    std::int64_t lock = 0;
    for (std::size_t i = 0; i < 7; ++i) lock = lock << 8 | number_hash.at(i);
    return office.database.write(
        {{"hospital_notice", lock}},
        [&](storage::Writer& db) -> Result<TakenNotice> {
            if (const auto before =
                    notice_by_number(db, office.keys, notice.kind, notice.facility_code, notice.number)) {
                if (before->content_hash != stored.content_hash)
                    return Problem{
                        .code = "civil_status.notice_conflict",
                        .field = "/number",
                        .law = "",
                        .words = {{"at", shown(before->received_at)}}};
                return told(db, *before, true, act.today());
            }
            const auto agency = agency_of(db, notice, act.today());
            stored.agency = agency ? agency->id : identity::AgencyId{};
            insert_notice(db, office.keys, stored);
            stored.dossier = 0;
            if (const auto filed = filed_before(office, db, stored)) {
                stored.dossier = filed->id.value;
                set_notice_dossier(db, stored.id, stored.dossier, NoticeLink::by_match);
            }
            audit_notice(db, act, "notice.take", stored);
            return told(db, stored, false, act.today());
        }
    );
}

Result<casework::Draft> claim_notice(
    casework::Office& office,
    const Files& files,
    const identity::Actor& actor,
    const casework::DraftOwner& owner,
    std::string_view code,
    std::string_view born_on
)
{
    struct Found {
        StoredNotice notice;
        std::string answered;
    };
    const auto found = TRY(office.database.read([&](storage::Reader& db) -> Result<Found> {
        auto notice = notice_by_code(db, office.keys, code);
        // A wrong day and a wrong code say the same: nobody learns which births there are.
        if (!notice || !knows(notice->notice, born_on)) return problem("civil_status.notice_not_found");
        std::string answered;
        if (notice_answered(db, *notice))
            answered = casework::find_dossier(db, casework::DossierId{notice->dossier}).value().code;
        return Found{std::move(*notice), std::move(answered)};
    }));
    if (!found.answered.empty())
        return Problem{
            .code = "civil_status.notice_filed", .field = "", .law = "", .words = {{"code", found.answered}}};
    const auto& notice = found.notice;
    // Begun before by the same person: he goes on with it.
    if (notice.draft != 0)
        if (auto draft = casework::find_draft(office, owner, casework::DraftId{notice.draft})) return draft;
    const auto kind = notice.notice.kind;
    const auto procedure = procedure_of(kind);
    const auto begun = TRY(casework::begin_draft(office, actor, owner, procedure));
    const auto blob = TRY(drawn(office, files, notice));
    const auto file = TRY(office.database.write({}, [&](storage::Writer& db) -> Result<storage::FileId> {
        return storage::file_add(db, office.ids, blob, notice.notice.number + ".pdf", office.clock.now());
    }));
    const identity::Act act{actor, office.clock.now(), office.ids};
    TRY(office.database.write({{"draft", begun.id.value}}, [&](storage::Writer& db) -> Result<Done> {
        auto draft = TRY(casework::draft_by_id(db, office.keys, begun.id));
        fill_from_notice(office, *office.packs.procedure(procedure), notice.notice, draft.form);
        if (const auto agency = identity::agency_on(db, notice.agency, act.today()))
            draft.agency = agency.value().code;
        casework::update_draft(db, office.keys, draft);
        set_notice_draft(db, notice.id, draft.id.value, actor.party);
        audit_notice(db, act, "notice.claim", notice);
        return Done{};
    }));
    const std::string paper = kind == NoticeKind::birth ? "birth_notification" : "death_notice";
    return casework::attach_to_draft(
        office,
        owner,
        begun.id,
        {.paper = paper, .file = file, .name = notice.notice.number + ".pdf", .media_type = "", .bytes = 0}
    );
}

casework::Subscribers::Told notice_subscriber(casework::Office& office, NoticeKind kind)
{
    return
        [&office, kind](storage::Writer& db, const identity::Act&, const json::value& body) -> Result<Done> {
            const auto dossier = json::integer_or(body, "dossier");
            const auto draft = json::integer_or(body, "draft");
            if (const auto of_draft = draft == 0 ? std::nullopt : notice_of_draft(db, office.keys, draft)) {
                if (notice_answered(db, *of_draft)) {
                    const auto other = casework::find_dossier(db, casework::DossierId{of_draft->dossier});
                    return Problem{
                        .code = "civil_status.notice_filed",
                        .field = "",
                        .law = "",
                        .words = {{"code", other ? other.value().code : ""}}};
                }
                set_notice_dossier(db, of_draft->id, dossier, NoticeLink::by_code);
                return Done{};
            }
            const auto form = casework::form_of(db, office.keys, casework::DossierId{dossier}).form;
            if (const auto match = open_match(office, db, kind, form))
                set_notice_dossier(db, match->id, dossier, NoticeLink::by_match);
            return Done{};
        };
}

Result<Done> remind_of_notice(
    casework::Office& office, const identity::Actor& actor, NoticeId id, std::string_view how
)
{
    const identity::Act act{actor, office.clock.now(), office.ids};
    return office.database.write({{"hospital_notice", id.value}}, [&](storage::Writer& db) -> Result<Done> {
        const auto notice = notice_by_id(db, office.keys, id);
        if (!notice || !identity::may(db, actor, "registers.enter", notice->agency, act.today()))
            return problem("civil_status.no_such_notice");
        set_notice_reminded(db, id, act.now);
        const auto& phone = notice->notice.mother.phone;
        if (notice->notice.kind == NoticeKind::birth && !phone.empty() && office.notify)
            office.notify(
                db,
                act,
                {.what = "civil_status.complete_birth",
                 .to = {},
                 .words =
                     {{"day", shown(day_of(notice->notice.at))}, {"facility", notice->notice.facility_name}},
                 .subject = "hospital_notice",
                 .subject_id = id.value,
                 .path = "/giay-chung-sinh",
                 .channels = {notices::Channel::sms},
                 .contact = phone}
            );
        audit_notice(db, act, "notice.remind", *notice, how);
        return Done{};
    });
}

}  // namespace thien_an::civil_status
