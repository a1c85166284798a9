#pragma once

#include <string>
#include <string_view>

#include "engine/storage/files.h"
#include "engine/web/context.h"
#include "engine/web/http.h"

/// Files that arrived with a request, given their row.
namespace thien_an::web {

struct KeptFile {
    storage::FileId id;
    std::string sha256;
    std::string media_type;
    std::int64_t bytes = 0;
};

/// Finishes the upload (synced, its content looked at, scanned) and names it by a row of `file`. Problems of
/// storage::Upload::finish. Without anything else that refers to it the store collects it after a day.
Result<KeptFile> keep_received(const Context& context, const Upload& upload);

/// What a file's owner names it by: nobody else's filing takes it.
std::string file_ticket(const Context& context, storage::FileId id);
/// Problem "web.unknown_file" when it is no ticket of the one who asks.
Result<storage::FileId> file_of_ticket(const Context& context, std::string_view ticket);

/// The one file of a request whose route has Options::input_media: the file "file" of a form, else the body.
/// Problem "web.one_file" when there is none or more than one.
Result<std::string_view> sent_file(const Request& request);

}  // namespace thien_an::web
