#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "engine/workflow/engine.h"

/// The picture of a process: an SVG from the file's own diagram, with what is done, here and to come.
namespace thien_an::workflow {

/// Sentences of the description, in the reader's language; "{names}" stands for the names of tasks.
struct PictureWords {
    std::string done;      ///< "Đã xong: {names}."
    std::string here;      ///< "Đang làm: {names}."
    std::string to_come;   ///< "Còn lại: {names}."
    bool english = false;  ///< Names of the elements in English, where the file has them.
};

/// Classes only (bpmn, pool, poolhead, lane-name, flow, walked, tip, shape, thick, halo, tick, glyph, lbl,
/// done, here,
/// todo): the style sheet colours it. `id` makes the ids of title and description unique on a page. Empty
/// when the file
/// has no diagram.
std::string picture(
    const Process& process, const Whereabouts& at, const PictureWords& words, const std::string& id = "bp"
);

/// How wide a picture is, in its own units; 0 when it says nothing.
double width_of(std::string_view svg);
/// How far to the right the first place is where a token stands, 0 to 100, so that a page can open the picture there.
std::int64_t here_percent(std::string_view svg);

}  // namespace thien_an::workflow
