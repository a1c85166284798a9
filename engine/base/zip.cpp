#include "engine/base/zip.h"

#include <zip.h>

#include <stdexcept>

namespace thien_an::zip {
namespace {

class Writer {
public:
    Writer()
    {
        zip_error_t error;
        zip_error_init(&error);
        source_ = zip_source_buffer_create(nullptr, 0, 0, &error);
        archive_ = source_ == nullptr ? nullptr : zip_open_from_source(source_, ZIP_TRUNCATE, &error);
        zip_error_fini(&error);
        if (archive_ == nullptr) throw std::runtime_error("a ZIP archive cannot be begun");
        zip_source_keep(source_);
    }
    Writer(const Writer&) = delete;
    Writer& operator=(const Writer&) = delete;
    ~Writer()
    {
        if (archive_ != nullptr) zip_discard(archive_);
        zip_source_free(source_);
    }

    void add(const std::string& name, std::string_view content)
    {
        auto* part = zip_source_buffer(archive_, content.data(), content.size(), 0);
        const auto index =
            part == nullptr ? -1 : zip_file_add(archive_, name.c_str(), part, ZIP_FL_ENC_UTF_8);
        if (index < 0) throw std::runtime_error("a part of a ZIP archive cannot be added");
        constexpr zip_uint16_t day = (36 << 9) | (1 << 5) | 1;  // 2016-01-01, as DOS counts days.
        zip_file_set_dostime(archive_, zip_uint64_t(index), 0, day, 0);
    }

    std::string bytes()
    {
        if (zip_close(archive_) != 0) throw std::runtime_error("a ZIP archive cannot be written");
        archive_ = nullptr;
        if (zip_source_open(source_) != 0 || zip_source_seek(source_, 0, SEEK_END) != 0)
            throw std::runtime_error("a ZIP archive cannot be read back");
        std::string out(std::size_t(zip_source_tell(source_)), '\0');
        zip_source_seek(source_, 0, SEEK_SET);
        const auto got = zip_source_read(source_, out.data(), out.size());
        zip_source_close(source_);
        if (got != zip_int64_t(out.size())) throw std::runtime_error("a ZIP archive cannot be read back");
        return out;
    }

private:
    zip_source_t* source_ = nullptr;
    zip_t* archive_ = nullptr;
};

}  // namespace

std::string bytes_of(const std::vector<Part>& parts)
{
    Writer writer;
    for (const auto& [name, content] : parts) writer.add(name, content);
    return writer.bytes();
}

}  // namespace thien_an::zip
