#include "engine/storage/clamd.h"

#include <doctest/doctest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <fstream>
#include <thread>

#include "engine/storage/test_databases.h"

using namespace thien_an;
using namespace thien_an::storage;
using namespace std::string_literals;

namespace {

/// Speaks clamd's side of one INSTREAM conversation and keeps what it was sent.
class FakeClamd {
public:
    FakeClamd(std::string path, std::string answer) : listening_(socket(AF_UNIX, SOCK_STREAM, 0))
    {
        sockaddr_un place{};
        place.sun_family = AF_UNIX;
        path.copy(place.sun_path, path.size());
        REQUIRE(bind(listening_, reinterpret_cast<const sockaddr*>(&place), sizeof place) == 0);
        REQUIRE(listen(listening_, 1) == 0);
        thread_ = std::thread([this, answer = std::move(answer)] { serve(answer); });
    }
    ~FakeClamd()
    {
        finish();
        close(listening_);
    }
    void finish()
    {
        if (thread_.joinable()) thread_.join();
    }

    std::string command;
    std::string content;

private:
    std::string take(int line, std::size_t size) const
    {
        std::string bytes(size, '\0');
        return recv(line, bytes.data(), size, MSG_WAITALL) == ssize_t(size) ? bytes : "";
    }
    void serve(const std::string& answer)
    {
        const int line = accept(listening_, nullptr, nullptr);
        command = take(line, 10);
        for (;;) {
            const auto head = take(line, 4);
            std::size_t size = 0;
            for (const char c : head) size = size << 8 | static_cast<unsigned char>(c);
            if (size == 0) break;
            content += take(line, size);
        }
        send(line, answer.data(), answer.size(), MSG_NOSIGNAL);
        close(line);
    }

    int listening_;
    std::thread thread_;
};

struct Scanned {
    TestDatabases files{Engine::sqlite};
    std::string folder = files.folder();
    std::string socket_file = folder + "/clamd";
    std::string file = folder + "/file";
};

}  // namespace

TEST_CASE("clamd is sent the whole file and its verdict is believed")
{
    Scanned scanned;
    const std::string content(150'000, 'v');
    std::ofstream(scanned.file) << content;
    std::string sent;
    {
        FakeClamd clamd(scanned.socket_file, "stream: Eicar-Signature FOUND\0"s);
        CHECK(clamd_scan("unix:" + scanned.socket_file)(scanned.file) == "Eicar-Signature");
        clamd.finish();
        CHECK(clamd.command == "zINSTREAM\0"s);
        CHECK(clamd.content == content);
    }
    std::filesystem::remove(scanned.socket_file);
    FakeClamd clamd(scanned.socket_file, "stream: OK\0"s);
    CHECK(!clamd_scan("unix:" + scanned.socket_file)(scanned.file));
}

TEST_CASE("a scanner that complains or is not there keeps the file out")
{
    Scanned scanned;
    std::ofstream(scanned.file) << "x";
    CHECK_THROWS_AS(static_cast<void>(clamd_scan("unix:" + scanned.socket_file)(scanned.file)), StorageError);
    const FakeClamd clamd(scanned.socket_file, "INSTREAM size limit exceeded. ERROR\0"s);
    CHECK_THROWS_AS(static_cast<void>(clamd_scan("unix:" + scanned.socket_file)(scanned.file)), StorageError);
}
