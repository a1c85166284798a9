#include "engine/identity/audit_seal.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <map>
#include <system_error>

#include "engine/crypto/key_ring.h"
#include "engine/identity/audit_chain.h"

namespace thien_an::identity {
namespace {

constexpr int batch_rows = 1000;
constexpr std::size_t faults_max = 100;
constexpr std::string_view signing_purpose = "audit.signing";

/// Names the signing key: the first bytes of its public half.
std::string key_id(const crypto::Secret& seed)
{
    const auto key = crypto::ed25519_public(seed);
    return hex(ByteView(key).first(8));
}

/// Appends `text` and waits until it is on the disk.
void append_durably(const std::filesystem::path& file, std::string_view text)
{
    std::filesystem::create_directories(file.parent_path());
    const int descriptor = ::open(file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (descriptor < 0) throw std::system_error(errno, std::generic_category(), file.string());
    const auto fail = [&] {
        const int why = errno;
        ::close(descriptor);
        throw std::system_error(why, std::generic_category(), file.string());
    };
    while (!text.empty()) {
        const auto written = ::write(descriptor, text.data(), text.size());
        if (written < 0 && errno != EINTR) fail();
        if (written > 0) text.remove_prefix(std::size_t(written));
    }
    if (::fsync(descriptor) != 0) fail();
    ::close(descriptor);
}

/// What the file outside holds: whole lines only, as a crash may leave half of one at its end. `tail_bytes` 0: all of
/// them; else those of about the last so many bytes.
std::vector<std::string> lines_of(const std::filesystem::path& file, std::streamoff tail_bytes = 0)
{
    std::ifstream in(file, std::ios::binary | std::ios::ate);
    const std::streamoff size = in ? std::streamoff(in.tellg()) : 0;
    const auto from = tail_bytes == 0 ? 0 : std::max<std::streamoff>(0, size - tail_bytes);
    in.seekg(from);
    std::vector<std::string> lines;
    if (std::string cut; from > 0) std::getline(in, cut);
    for (std::string line; std::getline(in, line);)
        if (!in.eof() && !line.empty()) lines.push_back(line);
    return lines;
}

/// Asked twice a second for as long as the province runs: only the end of the file is read, which names the last.
std::int64_t last_number_in(const std::filesystem::path& file)
{
    constexpr std::streamoff tail_bytes = 16 * 1024;
    std::int64_t last = 0;
    for (const auto& line : lines_of(file, tail_bytes))
        if (const auto checkpoint = checkpoint_from(line)) last = std::max(last, checkpoint->number);
    return last;
}

/// Brings the file up to the database.
void append_missing(storage::Database& database, const std::filesystem::path& file)
{
    const auto last = last_number_in(file);
    const auto missing =
        database.read([&](storage::Reader& db) { return checkpoints_after(db, last, batch_rows); });
    std::string text;
    // A line cut off by a crash is closed first, so that what follows is whole.
    std::ifstream in(file, std::ios::binary | std::ios::ate);
    if (in && in.tellg() > 0) {
        in.seekg(-1, std::ios::end);
        if (in.get() != '\n') text += '\n';
    }
    for (const auto& checkpoint : missing) text += checkpoint_line(checkpoint) + "\n";
    if (!missing.empty()) append_durably(file, text);
}

Checkpoint signed_checkpoint(const Link& last, const crypto::Secret& seed, Instant now)
{
    const auto signature = crypto::ed25519_sign(seed, bytes_of(checkpoint_text(last.number, last.hash, now)));
    return {
        .number = last.number,
        .hash = last.hash,
        .at = now,
        .key_id = key_id(seed),
        .signature = Bytes(signature.begin(), signature.end())};
}

/// Collects what is wrong, up to a bound.
struct Findings {
    AuditReport report;

    void add(std::string_view kind, std::int64_t number, std::int64_t row)
    {
        if (report.faults.size() < faults_max) report.faults.push_back({std::string(kind), number, row});
    }
};

/// Follows the chain; `hashes` keeps the recomputed hash at each number a checkpoint names.
class ChainWalk {
public:
    ChainWalk(Findings& findings, std::map<std::int64_t, Bytes>& hashes)
        : findings_(findings), hashes_(hashes)
    {
    }

    void step(const Link& link)
    {
        for (; expected_ < link.number; ++expected_) findings_.add("deleted", expected_, 0);
        expected_ = link.number + 1;
        ++findings_.report.rows;
        if (!link.row)
            findings_.add("deleted", link.number, link.audit);
        else if (const auto hash = link_hash(before_, link.number, *link.row);
                 !std::ranges::equal(hash, link.hash))
            findings_.add("changed", link.number, link.audit);
        // Goes on from the stored hash, so that one fault is one finding.
        before_ = link.hash;
        if (const auto named = hashes_.find(link.number); named != hashes_.end()) named->second = link.hash;
    }
    std::int64_t last() const { return expected_ - 1; }

private:
    Findings& findings_;
    std::map<std::int64_t, Bytes>& hashes_;
    std::int64_t expected_ = 1;
    Bytes before_;
};

void check_signatures(
    Findings& findings,
    const std::vector<Checkpoint>& checkpoints,
    const std::map<std::int64_t, Bytes>& hashes,
    const crypto::Secret& seed
)
{
    const auto key = crypto::ed25519_public(seed);
    for (const auto& checkpoint : checkpoints) {
        const auto text = checkpoint_text(checkpoint.number, checkpoint.hash, checkpoint.at);
        if (!crypto::ed25519_verify(key, bytes_of(text), checkpoint.signature))
            findings.add("bad_signature", checkpoint.number, 0);
        const auto found = hashes.find(checkpoint.number);
        if (found != hashes.end() && found->second.empty())
            findings.add("cut_off", checkpoint.number, 0);
        else if (found != hashes.end() && found->second != checkpoint.hash)
            findings.add("checkpoint_differs", checkpoint.number, 0);
    }
}

/// The file and the table must name the same checkpoints.
void compare_with_file(
    Findings& findings, const std::vector<Checkpoint>& stored, const std::vector<Checkpoint>& outside
)
{
    std::map<std::int64_t, const Checkpoint*> by_number;
    for (const auto& checkpoint : stored) by_number[checkpoint.number] = &checkpoint;
    for (const auto& checkpoint : outside) {
        const auto found = by_number.find(checkpoint.number);
        if (found == by_number.end())
            findings.add("checkpoint_lost", checkpoint.number, 0);
        else if (found->second->hash != checkpoint.hash)
            findings.add("checkpoint_differs", checkpoint.number, 0);
    }
}

std::vector<Checkpoint> all_checkpoints(storage::Reader& db)
{
    std::vector<Checkpoint> all;
    for (std::int64_t last = 0;;) {
        auto some = checkpoints_after(db, last, batch_rows);
        if (some.empty()) return all;
        last = some.back().number;
        std::ranges::move(some, std::back_inserter(all));
    }
}

}  // namespace

Sealed seal_audit(
    storage::Database& database,
    const crypto::KeyRing& keys,
    Instant now,
    const std::filesystem::path& checkpoints
)
{
    const auto seed = keys.purpose_key(signing_purpose);
    const bool anything = database.read([](storage::Reader& db) { return !unsealed_rows(db, 1).empty(); });
    Sealed sealed;
    if (anything) {
        // READING: the signature is made inside the command: 50 µs of arithmetic, and the chain's end is
        // known only here.
        const auto done = database.write({{"audit_chain", 1}}, [&](storage::Writer& db) -> Result<Sealed> {
            const auto rows = unsealed_rows(db, batch_rows);
            auto link = last_link(db);
            for (const auto& row : rows) {
                const auto hash = link_hash(link.hash, link.number + 1, row);
                link = {link.number + 1, row.id, Bytes(hash.begin(), hash.end()), std::nullopt};
                insert_link(db, link);
            }
            if (!rows.empty()) insert_checkpoint(db, signed_checkpoint(link, seed, now));
            return Sealed{int(rows.size()), link.number, rows.size() == std::size_t(batch_rows)};
        });
        sealed = done.value();
    }
    append_missing(database, checkpoints);
    return sealed;
}

AuditReport verify_audit(
    storage::Database& database, const crypto::KeyRing& keys, const std::filesystem::path& checkpoints
)
{
    const auto seed = keys.purpose_key(signing_purpose);
    std::vector<Checkpoint> outside;
    Findings findings;
    for (const auto& line : lines_of(checkpoints)) {
        if (auto checkpoint = checkpoint_from(line))
            outside.push_back(std::move(*checkpoint));
        else
            findings.add("bad_signature", 0, 0);
    }
    database.read([&](storage::Reader& db) {
        const auto stored = all_checkpoints(db);
        std::map<std::int64_t, Bytes> hashes;
        for (const auto& checkpoint : stored) hashes[checkpoint.number];
        for (const auto& checkpoint : outside) hashes[checkpoint.number];
        ChainWalk walk(findings, hashes);
        for (std::int64_t last = 0;;) {
            const auto links = links_after(db, last, batch_rows);
            if (links.empty()) break;
            for (const auto& link : links) walk.step(link);
            last = links.back().number;
        }
        check_signatures(findings, stored, hashes, seed);
        check_signatures(findings, outside, hashes, seed);
        compare_with_file(findings, stored, outside);
        if (walk.last() > 0 && (stored.empty() || stored.back().number != walk.last()))
            findings.add("cut_off", walk.last(), 0);
        for (const auto id : rows_outside(db, int(faults_max))) findings.add("doubled", 0, id);
        for (const auto id : waiting_for_nothing(db, int(faults_max)))
            findings.add("unsealed_unknown", 0, id);
        findings.report.unsealed = count_unsealed(db);
        findings.report.checkpoints = std::int64_t(stored.size());
    });
    return findings.report;
}

}  // namespace thien_an::identity
