#pragma once

#include <string>
#include <string_view>

#include "engine/base/result.h"

/// multipart/form-data (RFC 7578), read piece by piece as it arrives and never held whole.
namespace thien_an::web {

constexpr std::size_t part_head_bytes_max = 4 * 1024;
constexpr std::size_t multipart_parts_max = 200;

/// What a part says of itself.
struct PartHead {
    std::string name;
    bool is_file = false;
    std::string file_name;  ///< The last part of what was sent, cleaned; may be empty.
    std::string type;       ///< "image/jpeg"; "" when not said.
};

/// Receives the parts. A Problem ends the reading.
class PartSink {
public:
    virtual ~PartSink() = default;
    virtual Result<Done> begin(const PartHead& head) = 0;
    virtual Result<Done> more(std::string_view bytes) = 0;  ///< Not empty; of the part begun last.
    virtual Result<Done> end() = 0;
};

class MultipartReader {
public:
    /// `boundary` as the header Content-Type names it.
    MultipartReader(std::string_view boundary, PartSink& sink);

    /// Takes the next bytes, cut anywhere. Problem "web.bad_form" for what is no multipart: no boundary, a head too
    /// long or without a name, a name in no UTF-8, too many parts.
    Result<Done> feed(std::string_view bytes);
    /// No more bytes come. Problem "web.bad_form" when the last boundary did not.
    Result<Done> finish() const;

private:
    enum class State { preamble, after_boundary, head, content, done };

    Result<bool> step();
    Result<bool> find_boundary();
    Result<bool> read_after_boundary();
    Result<bool> read_head();
    Result<bool> read_content();

    std::string delimiter_;  ///< "\r\n--boundary"
    PartSink& sink_;
    State state_ = State::preamble;
    std::string held_;  ///< Bytes not yet decided on.
    std::size_t parts_ = 0;
};

/// The boundary of "multipart/form-data; boundary=..."; empty when the type is another or the boundary is none.
std::string boundary_of(std::string_view content_type);

}  // namespace thien_an::web
