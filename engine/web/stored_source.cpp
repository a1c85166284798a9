#include "engine/web/stored_source.h"

namespace thien_an::web {
namespace {

class StoredSource : public BodySource {
public:
    explicit StoredSource(std::unique_ptr<storage::FileReader> reader) : reader_(std::move(reader)) {}

    std::uint64_t size() const override { return reader_->size(); }
    std::size_t read(std::span<char> space) override { return reader_->read(space); }

private:
    std::unique_ptr<storage::FileReader> reader_;
};

}  // namespace

std::unique_ptr<BodySource> stored_source(const storage::FileStore& files, std::string_view sha256)
{
    return std::make_unique<StoredSource>(files.open(sha256));
}

}  // namespace thien_an::web
