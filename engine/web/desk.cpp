#include "engine/web/desk.h"

namespace thien_an::web {

Response render_desk(const Context& context, std::string_view name, boost::json::object values, int status)
{
    const auto& frame = context.use<DeskFrame>();
    if (!values.contains("desk")) values["desk"] = frame.draw(context, frame);
    return context.render(name, std::move(values), status);
}

}  // namespace thien_an::web
