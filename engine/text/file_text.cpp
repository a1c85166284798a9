#include "engine/text/file_text.h"

#include <fstream>
#include <sstream>

#include "engine/text/scope.h"

namespace thien_an::text {

std::string file_text(const std::filesystem::path& path)
{
    std::ifstream file(path, std::ios::binary);
    if (!file) throw LoadError(path.string() + ":1: cannot be read");
    std::ostringstream out;
    out << file.rdbuf();
    return std::move(out).str();
}

}  // namespace thien_an::text
