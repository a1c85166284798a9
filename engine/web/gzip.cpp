#include "engine/web/gzip.h"

#include <zlib.h>

#include <stdexcept>

namespace thien_an::web {
namespace {

/// One compressor for each thread: making one costs more than a page.
class Compressor {
public:
    Compressor()
    {
        constexpr int gzip_window = 15 + 16;
        constexpr int memory_level = 8;
        if (deflateInit2(&stream_, Z_BEST_SPEED, Z_DEFLATED, gzip_window, memory_level, Z_DEFAULT_STRATEGY) !=
            Z_OK)
            throw std::runtime_error("no compressor");
    }
    Compressor(const Compressor&) = delete;
    Compressor& operator=(const Compressor&) = delete;
    ~Compressor() { deflateEnd(&stream_); }

    std::string run(std::string_view text)
    {
        deflateReset(&stream_);
        std::string out(deflateBound(&stream_, text.size()), '\0');
        // zlib does not write to its input, whatever its type says.
        stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
        stream_.avail_in = uInt(text.size());
        stream_.next_out = reinterpret_cast<Bytef*>(out.data());
        stream_.avail_out = uInt(out.size());
        if (deflate(&stream_, Z_FINISH) != Z_STREAM_END)
            throw std::runtime_error("a page cannot be compressed");
        out.resize(out.size() - stream_.avail_out);
        return out;
    }

private:
    z_stream stream_{};
};

}  // namespace

std::string gzipped(std::string_view text)
{
    thread_local Compressor compressor;
    return compressor.run(text);
}

}  // namespace thien_an::web
