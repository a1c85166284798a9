#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "engine/web/multipart.h"
#include "engine/web/route.h"

/// Where the body of a request goes while it arrives: into memory, or to disk on routes that take files.
namespace thien_an::web {

/// Begins a file on disk for an upload of at most `bytes_max`; called on I/O threads.
using UploadMaker = std::function<std::unique_ptr<storage::Upload>(std::int64_t bytes_max)>;

class BodyTaker {
public:
    /// `fields_max`: bytes of text fields beside uploaded files. Request and maker must outlive it.
    BodyTaker(Request& request, const Route& route, const UploadMaker& uploads, std::size_t fields_max);
    ~BodyTaker();

    /// Takes the next bytes. Problems "web.body_too_large", "web.bad_form", "web.disk_full", those of storage::Upload.
    Result<Done> more(std::string_view bytes);
    /// The body is whole: the request has it. Problem "web.bad_form".
    Result<Done> end();

private:
    class DiskParts;

    Result<Done> add(std::string_view bytes);

    Request& request_;
    std::size_t text_max_;
    std::unique_ptr<DiskParts> parts_;
    std::unique_ptr<MultipartReader> reader_;
    std::string text_;
};

}  // namespace thien_an::web
