#include <fmt/format.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <charconv>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <iostream>
#include <random>

#include "engine/storage/fresh_databases.h"

#include "tests/crash/load.h"

/// thienan_crash DISK KILLS [SEED]    kills a storing process again and again and looks at what is left; see tests/crash/run.
///     DISK: platform | lossy | lossy-without-row-sync | lossy-without-file-sync | postgres
/// Exits 0 when nothing acknowledged was ever lost and nothing was half done, 1 when something was.
namespace {

using namespace thien_an;
using namespace thien_an::crash;
using Milliseconds = std::chrono::milliseconds;

/// A fresh database and folder is taken after this many kills, so that looking stays quick.
constexpr int kills_on_one_folder = 10;
constexpr int faults_shown = 5;

struct Campaign {
    std::string disk;
    int kills = 0;
    unsigned seed = 1;
};

std::optional<Disks> disks_of(std::string_view name, unsigned seed)
{
    Disks disks{.lossy = name.starts_with("lossy"), .seed = seed};
    disks.sync_rows = name != "lossy-without-row-sync";
    disks.sync_files = name != "lossy-without-file-sync";
    const bool known =
        name == "platform" || name == "postgres" || name == "lossy" || !disks.sync_rows || !disks.sync_files;
    return known ? std::optional(disks) : std::nullopt;
}

/// Reads lines "book number mark" until the writer is gone.
std::vector<Entry> entries_of(const std::string& text)
{
    std::vector<Entry> entries;
    const char* at = text.data();
    const char* end = at + text.size();
    while (at < end) {
        Entry entry;
        const auto book = std::from_chars(at, end, entry.book);
        if (book.ptr == end) break;
        const auto number = std::from_chars(book.ptr + 1, end, entry.number);
        if (number.ptr == end) break;
        const auto mark = std::from_chars(number.ptr + 1, end, entry.mark);
        if (mark.ptr == end) break;
        entries.push_back(entry);
        at = mark.ptr + 1;
    }
    return entries;
}

/// What comes out of `pipe` within `time`; SIGKILL for `child` then; and the rest.
std::string output_until_killed(int pipe, pid_t child, Milliseconds time)
{
    std::string all;
    std::array<char, 65536> piece;
    auto deadline = std::chrono::steady_clock::time_point::max();
    for (bool killed = false;;) {
        const auto left =
            std::chrono::duration_cast<Milliseconds>(deadline - std::chrono::steady_clock::now());
        pollfd wanted{.fd = pipe, .events = POLLIN, .revents = 0};
        // The time runs from the first acknowledgement: before it the program only opens.
        const int wait = all.empty() ? 60'000 : int(std::max(left.count(), Milliseconds::rep{0}));
        const int ready = poll(&wanted, 1, killed ? -1 : wait);
        if (!killed && (ready == 0 || (!all.empty() && left <= Milliseconds(0)))) {
            kill(child, SIGKILL);
            killed = true;
            continue;
        }
        const auto got = read(pipe, piece.data(), piece.size());
        if (got <= 0) return all;
        if (all.empty()) deadline = std::chrono::steady_clock::now() + time;
        all.append(piece.data(), std::size_t(got));
    }
}

/// Starts the work in a process of its own, kills it, and gives what it acknowledged.
std::vector<Entry> killed_in_work(const Place& place, const Disks& disks, Milliseconds time)
{
    std::array<int, 2> ends{};
    if (pipe(ends.data()) != 0) throw std::runtime_error("no pipe");
    const auto child = fork();
    if (child == 0) {
        close(ends[0]);
        try {
            work_for_ever(place, disks, ends[1]);
        } catch (const std::exception& error) {
            std::cerr << "the work ended: " << error.what() << '\n';
            _exit(1);
        }
    }
    close(ends[1]);
    const auto text = output_until_killed(ends[0], child, time);
    close(ends[0]);
    waitpid(child, nullptr, 0);
    return entries_of(text);
}

int run(const Campaign& campaign)
{
    std::mt19937 random(campaign.seed);
    std::size_t acknowledged_total = 0;
    std::size_t faults = 0;
    for (int kills = 0; kills < campaign.kills;) {
        storage::TestDatabases made(
            campaign.disk == "postgres" ? storage::Engine::postgres : storage::Engine::sqlite
        );
        const Place place{.address = made.address(), .folder = made.folder()};
        std::vector<Entry> acknowledged;
        for (int i = 0; i < kills_on_one_folder && kills < campaign.kills; ++i, ++kills) {
            const auto disks = disks_of(campaign.disk, campaign.seed + unsigned(kills)).value();
            const auto more = killed_in_work(place, disks, Milliseconds(random() % 300));
            acknowledged.insert(acknowledged.end(), more.begin(), more.end());
            acknowledged_total += more.size();
            const auto found = look(place, acknowledged);
            for (std::size_t f = 0; f < found.faults.size() && faults + f < faults_shown; ++f)
                fmt::print("kill {}: {}\n", kills + 1, found.faults[f]);
            faults += found.faults.size();
            if (!found.faults.empty()) break;
        }
        if (faults > 0) {
            fmt::print(
                "{}: seed {}, {} faults after {} kills\n", campaign.disk, campaign.seed, faults, kills + 1
            );
            return 1;
        }
    }
    fmt::print(
        "{}: seed {}, {} kills, {} acknowledged commands, none lost, none half done, no gap\n",
        campaign.disk,
        campaign.seed,
        campaign.kills,
        acknowledged_total
    );
    return acknowledged_total > 0 ? 0 : 1;
}

}  // namespace

int main(int count, char** words)
{
    Campaign campaign{.disk = count > 1 ? words[1] : ""};
    const auto number = [&](int place, int otherwise) {
        return count > place ? std::atoi(words[place]) : otherwise;
    };
    campaign.kills = number(2, 0);
    campaign.seed = unsigned(number(3, int(std::random_device{}() % 1'000'000)));
    if (!disks_of(campaign.disk, 1) || campaign.kills <= 0) {
        std::cerr << "usage: thienan_crash "
                     "platform|lossy|lossy-without-row-sync|lossy-without-file-sync|postgres KILLS [SEED]\n";
        return 2;
    }
    try {
        return run(campaign);
    } catch (const std::exception& error) {
        std::cerr << error.what() << '\n';
        return 2;
    }
}
