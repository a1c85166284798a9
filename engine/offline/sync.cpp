#include "engine/offline/sync.h"

#include <curl/curl.h>

#include <memory>
#include <mutex>
#include <stdexcept>

namespace thien_an::offline {
namespace {

constexpr int lines_at_once = 50;
constexpr long answer_seconds_max = 60;

Problem problem(std::string code) { return {.code = std::move(code), .field = "", .law = ""}; }

struct EasyCleanup {
    void operator()(CURL* curl) const { curl_easy_cleanup(curl); }
};
struct ListFree {
    void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};

std::size_t keep(char* from, std::size_t size, std::size_t count, void* to)
{
    constexpr std::size_t answer_bytes_max = 1024 * 1024;
    auto& answer = *static_cast<std::string*>(to);
    if (answer.size() + size * count > answer_bytes_max) return 0;
    answer.append(from, size * count);
    return size * count;
}

/// The JSON of a 2xx answer; the centre's Problem otherwise.
Result<json::value> posted(const std::string& url, std::string_view type, std::string_view body)
{
    static std::once_flag once;
    std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
    const std::unique_ptr<CURL, EasyCleanup> curl(curl_easy_init());
    if (!curl) throw std::runtime_error("curl does not start");
    const auto header = "Content-Type: " + std::string(type);
    const std::unique_ptr<curl_slist, ListFree> headers(curl_slist_append(nullptr, header.c_str()));
    std::string answer;
    curl_easy_setopt(curl.get(), CURLOPT_URL, url.c_str());
    curl_easy_setopt(curl.get(), CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl.get(), CURLOPT_TIMEOUT, answer_seconds_max);
    curl_easy_setopt(curl.get(), CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl.get(), CURLOPT_PROXY, "");
    curl_easy_setopt(curl.get(), CURLOPT_HTTPHEADER, headers.get());
    curl_easy_setopt(curl.get(), CURLOPT_POSTFIELDS, body.data());
    curl_easy_setopt(curl.get(), CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(body.size()));
    curl_easy_setopt(curl.get(), CURLOPT_WRITEFUNCTION, keep);
    curl_easy_setopt(curl.get(), CURLOPT_WRITEDATA, &answer);
    const auto code = curl_easy_perform(curl.get());
    if (code != CURLE_OK) throw std::runtime_error(curl_easy_strerror(code));
    long status = 0;
    curl_easy_getinfo(curl.get(), CURLINFO_RESPONSE_CODE, &status);
    auto parsed = json::parse(answer);
    if (!parsed) throw std::runtime_error("the centre answers " + std::to_string(status));
    if (status >= 200 && status < 300) return std::move(parsed).value();
    auto told = problem(json::string_or(parsed.value(), "code", "offline.bad_answer"));
    told.words = {{"title", json::string_or(parsed.value(), "title")}};
    return told;
}

}  // namespace

Wire wire_to(std::string address)
{
    while (address.ends_with('/')) address.pop_back();
    return {
        [address](const Batch& batch) -> Result<Verdict> {
            const auto body = json::text_of(to_json(batch));
            return read_verdict(TRY(posted(address + "/api/v1/node/lines", "application/json", body)));
        },
        [address](const SentFile& what, ByteView content) -> Result<Done> {
            const auto url = address + "/api/v1/node/files/" + std::to_string(what.lease.value) + "/" +
                             hex(what.signature);
            TRY(posted(url, "application/octet-stream", text_of(content)));
            return Done{};
        }};
}

Wire wire_to(casework::Office& centre)
{
    return {
        [&centre](const Batch& batch) -> Result<Verdict> {
            TRY(take_lines(centre, batch));
            do_lines(centre, batch.lease, int(batch_lines_max));
            return verdict_on(centre, batch.lease);
        },
        [&centre](const SentFile& what, ByteView content) -> Result<Done> {
            auto upload = centre.files.upload({});
            TRY(upload->add(content));
            auto sent = what;
            sent.blob = TRY(upload->finish());
            return take_file(centre, sent);
        }};
}

namespace {

/// What the centre said, in the node's row; a lease that ended there ends here.
Result<Done> hear(storage::Database& database, const identity::Act& act, Node node, const Verdict& verdict)
{
    node.done = verdict.done;
    node.conflicts = verdict.conflicts;
    node.heard_at = act.now;
    return database.write({}, [&](storage::Writer& db) -> Result<Done> {
        hear_node(db, node);
        const auto lease = TRY(registers::find_lease(db, node.lease));
        if (lease.ended_at || verdict.state == "open" || verdict.state == "returned") return Done{};
        const auto how =
            verdict.state == "forked" ? registers::LeaseEnd::forked : registers::LeaseEnd::taken_back;
        return registers::end_lease(db, act, node.lease, how, verdict.state);
    });
}

Result<Done> send_files(
    const storage::FileStore& files, const NodeJournal& journal, const Wire& wire, Synced& synced
)
{
    for (const auto& sha256 : synced.verdict.files_wanted) {
        SentFile sent;
        sent.lease = journal.lease().id;
        sent.signature = journal.sign_file(sha256);
        sent.blob.sha256 = sha256;
        sent.name = sha256.substr(0, 12);
        TRY(wire.file(sent, files.read_all(sha256)));
        ++synced.files;
    }
    return Done{};
}

Node node_of(storage::Database& database)
{
    auto node = database.read([](storage::Reader& db) { return find_node(db); });
    if (!node) throw std::logic_error("a node without its row");
    return *std::move(node);
}

}  // namespace

Result<Synced> sync(
    storage::Database& database,
    const storage::FileStore& files,
    const NodeJournal& journal,
    const identity::Act& act,
    const Wire& wire
)
{
    Synced synced;
    bool sent_again = false;
    for (;;) {
        auto node = node_of(database);
        Batch batch{node.lease, {}};
        for (auto& kept : database.read([&](storage::Reader& db) {
                 return lines_from(db, node.lease, node.came + 1, lines_at_once);
             }))
            batch.lines.push_back(std::move(kept.line));
        const auto answer = wire.lines(batch);
        if (!answer && answer.problem().code == "offline.gap" && !sent_again) {
            // The centre was brought back from a copy: it gets everything again, each line counts once.
            sent_again = true;
            node.came = 0;
            TRY(database.write({}, [&](storage::Writer& db) -> Result<Done> {
                hear_node(db, node);
                return Done{};
            }));
            continue;
        }
        synced.verdict = TRY(answer);
        node.came += std::int64_t(batch.lines.size());
        synced.lines += std::int64_t(batch.lines.size());
        TRY(hear(database, act, node, synced.verdict));
        TRY(send_files(files, journal, wire, synced));
        if (batch.lines.empty() && synced.verdict.files_wanted.empty()) return synced;
    }
}

}  // namespace thien_an::offline
