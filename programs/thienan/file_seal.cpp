#include "programs/thienan/file_seal.h"

#include "engine/crypto/sealed_file.h"

namespace thien_an::program {
namespace {

class SealingStream : public storage::ByteStream {
public:
    SealingStream(const crypto::KeyRing& keys, const std::string& context, storage::Sink sink)
        : sealer_(keys, context, std::move(sink))
    {
    }
    void update(ByteView piece) override { sealer_.update(piece); }
    void finish() override { sealer_.finish(); }

private:
    crypto::FileSealer sealer_;
};

class OpeningStream : public storage::ByteStream {
public:
    OpeningStream(const crypto::KeyRing& keys, const std::string& context, storage::Sink sink)
        : opener_(keys, context, std::move(sink))
    {
    }
    void update(ByteView piece) override { require(opener_.update(piece)); }
    void finish() override { require(opener_.finish()); }

private:
    static void require(const Result<Done>& done)
    {
        if (!done) throw storage::StorageError("a sealed file does not open: " + done.problem().code);
    }

    crypto::FileOpener opener_;
};

}  // namespace

storage::FileSeal file_seal(const crypto::KeyRing& keys)
{
    return {
        .key_id = std::to_string(keys.active_data_key()),
        .seal =
            [&keys](const std::string& context, storage::Sink sink) -> std::unique_ptr<storage::ByteStream> {
            return std::make_unique<SealingStream>(keys, context, std::move(sink));
        },
        .open =
            [&keys](const std::string& context, storage::Sink sink) -> std::unique_ptr<storage::ByteStream> {
            return std::make_unique<OpeningStream>(keys, context, std::move(sink));
        }};
}

}  // namespace thien_an::program
