#include "systems/civil_status/dci_search.h"

#include <algorithm>

#include "engine/casework/packs.h"
#include "engine/registers/entries.h"

#include "systems/civil_status/desk.h"

namespace thien_an::civil_status {
namespace {

using registers::Register;

constexpr std::size_t requests_max = 10;
constexpr int records_max = 20;
constexpr std::string_view personal_number = "personal_number";

/// Reasons of the interface's list.
constexpr const char* wrong_criteria = "rjct.search_criteria.invalid";
constexpr const char* unknown_event = "rjct.reg_event_type.not_supported";

struct Refused {
    const char* code;
    const char* message;
};

/// The register of an event, as register.json says what it is about.
std::shared_ptr<const Register> register_of(casework::Office& office, std::string_view event)
{
    for (const auto& name : office.packs.register_ids()) {
        auto reg = office.packs.reg(name);
        if (!reg || reg->system != "civil_status") continue;
        const auto about = json::string_or(reg->source, "life_event");
        if (!about.empty() && about == event) return reg;
    }
    return nullptr;
}

std::vector<registers::EntryId> found_by(
    casework::Office& office,
    const identity::Act& act,
    const Register& reg,
    std::string_view type,
    const std::string& value
)
{
    return office.database.read([&](storage::Reader& db) {
        std::vector<registers::EntryId> ids;
        if (type == "UIN") {
            const auto* field = reg.field(personal_number);
            if (field != nullptr && field->indexed)
                ids = registers::entries_with(db, office.keys, reg, personal_number, value, records_max);
            return ids;
        }
        registers::EntryQuery query;
        query.words = value;
        query.limit = records_max;
        for (const auto& row : registers::search_entries(db, act.actor, act.today(), reg, query).rows)
            ids.push_back(row.id);
        return ids;
    });
}

/// Each record is read as a person would read it: with the right, masked, audited.
json::array records_of(
    casework::Office& office,
    const identity::Act& act,
    const Register& reg,
    const std::vector<registers::EntryId>& ids
)
{
    json::array records;
    for (const auto id : ids) {
        const auto entry = office.database.write({}, [&](storage::Writer& db) {
            return registers::read_entry(db, act, office.keys, reg, id, registers::Reveal::masked, "");
        });
        if (!entry) continue;
        json::object record = entry.value().fields;
        record["registration_number"] = entry.value().printed;
        record["in_force"] = entry.value().in_force;
        records.push_back(std::move(record));
    }
    return records;
}

std::optional<Refused> refused(const json::value& criteria)
{
    if (json::string_or(criteria, "query_type") != "idtype-value")
        return Refused{wrong_criteria, "query_type: idtype-value"};
    const auto* query = json::member(criteria, "query");
    if (query == nullptr) return Refused{wrong_criteria, "query"};
    const auto type = json::string_or(*query, "type");
    if (type != "UIN" && type != "BRN") return Refused{wrong_criteria, "query.type: UIN, BRN"};
    const auto value = json::string_or(*query, "value");
    constexpr std::size_t longest = 40;
    if (value.empty() || value.size() > longest) return Refused{wrong_criteria, "query.value"};
    // A number of an entry names one; words would be a search of people.
    const auto digits = [](char c) { return (c >= '0' && c <= '9') || c == '/'; };
    if (type == "BRN" && !std::all_of(value.begin(), value.end(), digits))
        return Refused{wrong_criteria, "query.value: 15/2026"};
    return std::nullopt;
}

json::object response_of(casework::Office& office, const identity::Act& act, const json::value& request)
{
    json::object response{
        {"reference_id", json::string_or(request, "reference_id")}, {"timestamp", iso(act.now)}};
    const auto reject = [&](const Refused& why) {
        response["status"] = "rjct";
        response["status_reason_code"] = why.code;
        response["status_reason_message"] = why.message;
        return response;
    };
    const auto* criteria = json::member(request, "search_criteria");
    if (criteria == nullptr) return reject({wrong_criteria, "search_criteria"});
    const auto event = json::string_or(*criteria, "reg_event_type");
    const auto reg = register_of(office, event);
    if (!reg) return reject({unknown_event, "reg_event_type"});
    if (const auto why = refused(*criteria)) return reject(*why);
    const auto& query = *json::member(*criteria, "query");
    const auto ids =
        found_by(office, act, *reg, json::string_or(query, "type"), json::string_or(query, "value"));
    response["status"] = "succ";
    response["data"] = json::object{
        {"version", "1.0.0"}, {"reg_event_type", event}, {"reg_records", records_of(office, act, *reg, ids)}};
    return response;
}

}  // namespace

Result<json::object> dci_search(
    casework::Office& office, const identity::Act& act, const json::value& message
)
{
    const auto bad = [](std::string field) {
        return Problem{.code = "civil_status.dci_bad_message", .field = std::move(field), .law = ""};
    };
    const auto transaction = json::string_or(message, "transaction_id");
    if (transaction.empty()) return bad("/message/transaction_id");
    const auto* requests = json::member(message, "search_request");
    if (requests == nullptr || !requests->is_array() || requests->get_array().empty() ||
        requests->get_array().size() > requests_max)
        return bad("/message/search_request");
    json::array responses;
    for (const auto& request : requests->get_array()) responses.push_back(response_of(office, act, request));
    return json::object{
        {"transaction_id", transaction},
        {"correlation_id", std::to_string(office.ids.next())},
        {"search_response", std::move(responses)}};
}

Result<web::Response> answer_dci_search(const web::Request& request, web::Context& context)
{
    const auto asked = TRY(web::decode<DciEnvelope>(request.json));
    auto message = TRY(dci_search(office(context), act_of(context), asked.message));
    DciEnvelope answer{
        .signature = {},
        .header =
            json::object{
                {"message_id", text_of(registers::EntryId{context.ids().next()})},
                {"message_ts", iso(context.now())},
                {"action", "on-search"},
                {"status", "succ"},
                {"receiver_id", json::string_or(asked.header, "sender_id")}},
        .message = std::move(message)};
    return web::json_answer(web::encode(answer));
}

}  // namespace thien_an::civil_status
