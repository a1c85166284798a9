#include "engine/web/received.h"

namespace thien_an::web {

Result<KeptFile> keep_received(const Context& context, const Upload& upload)
{
    if (upload.stored == nullptr)
        throw std::logic_error("an upload that is not on its way into the file store");
    const auto blob = TRY(upload.stored->finish());
    const auto id = TRY(context.database().write({}, [&](storage::Writer& db) -> Result<storage::FileId> {
        return storage::file_add(db, context.ids(), blob, upload.file_name, context.now());
    }));
    return KeptFile{id, blob.sha256, std::string(storage::media_type(blob.kind)), blob.size};
}

}  // namespace thien_an::web
