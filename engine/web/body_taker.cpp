#include "engine/web/body_taker.h"

namespace thien_an::web {
namespace {

Problem too_large() { return {.code = "web.body_too_large", .field = "", .law = ""}; }

}  // namespace

/// Streams the files of a form to disk and keeps its small fields.
class BodyTaker::DiskParts : public PartSink {
public:
    DiskParts(Request& request, const UploadMaker& uploads, std::size_t file_max, std::size_t fields_max)
        : request_(request), uploads_(uploads), file_max_(file_max), fields_left_(fields_max)
    {
    }

    Result<Done> begin(const PartHead& head) override
    {
        head_ = head;
        text_.clear();
        if (!head.is_file) return Done{};
        Upload upload;
        upload.field = head.name;
        upload.file_name = head.file_name;
        upload.type = head.type;
        upload.stored = uploads_(std::int64_t(file_max_));
        request_.files.push_back(std::move(upload));
        return Done{};
    }
    Result<Done> more(std::string_view bytes) override
    {
        if (head_.is_file) {
            request_.files.back().size += bytes.size();
            return request_.files.back().stored->add(bytes_of(bytes));
        }
        if (bytes.size() > fields_left_) return too_large();
        fields_left_ -= bytes.size();
        text_ += bytes;
        return Done{};
    }
    Result<Done> end() override
    {
        if (!head_.is_file) {
            request_.form.add(std::move(head_.name), std::move(text_));
        } else if (request_.files.back().size == 0 && request_.files.back().file_name.empty()) {
            request_.files.pop_back();  // A file field left empty: browsers send it all the same.
        }
        return Done{};
    }

private:
    Request& request_;
    const UploadMaker& uploads_;
    std::size_t file_max_;
    std::size_t fields_left_;
    PartHead head_;
    std::string text_;
};

BodyTaker::BodyTaker(Request& request, const Route& route, const UploadMaker& uploads, std::size_t fields_max)
    : request_(request), text_max_(route.options.body_max)
{
    if (route.options.body != Body::upload) return;
    const auto type = request.header("content-type");
    if (type.starts_with("application/x-www-form-urlencoded")) {  // The same form, sent without any file.
        text_max_ = fields_max;
        return;
    }
    parts_ = std::make_unique<DiskParts>(request, uploads, route.options.body_max, fields_max);
    const auto boundary = boundary_of(type);
    if (!boundary.empty()) {
        reader_ = std::make_unique<MultipartReader>(boundary, *parts_);
        return;
    }
    PartHead whole;
    whole.is_file = true;
    whole.type = type;
    (void)parts_->begin(whole);  // A file that begins cannot be refused yet.
}

BodyTaker::~BodyTaker() = default;

Result<Done> BodyTaker::more(std::string_view bytes)
{
    try {
        return add(bytes);
    } catch (const storage::DiskFull&) {
        // A Problem here: nothing has reached a handler yet.
        return Problem{.code = "web.disk_full", .field = "", .law = ""};
    }
}

Result<Done> BodyTaker::add(std::string_view bytes)
{
    if (reader_) return reader_->feed(bytes);
    if (parts_) return parts_->more(bytes);
    if (text_.size() + bytes.size() > text_max_) return too_large();
    text_ += bytes;
    return Done{};
}

Result<Done> BodyTaker::end()
{
    if (reader_) return reader_->finish();
    if (parts_) return parts_->end();
    request_.body = std::move(text_);  // Understood by a worker, not by the thread that reads for everybody.
    return Done{};
}

}  // namespace thien_an::web
