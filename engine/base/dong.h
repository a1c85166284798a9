#pragma once

#include <compare>
#include <cstdint>
#include <string>

namespace thien_an {

/// Money. The đồng has no subunit; never a double.
struct Dong {
    std::int64_t amount = 0;
    auto operator<=>(const Dong&) const = default;
};

/// "8.000 ₫", as pages write it.
std::string shown(Dong money);
/// "8.000 đồng", as papers write it.
std::string written(Dong money);

}  // namespace thien_an
