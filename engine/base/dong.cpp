#include "engine/base/dong.h"

namespace thien_an {
namespace {

std::string grouped(Dong money)
{
    std::string digits = std::to_string(money.amount);
    const std::size_t first = money.amount < 0 ? 1 : 0;
    for (std::size_t at = digits.size(); at > first + 3;) digits.insert(at -= 3, ".");
    return digits;
}

}  // namespace

std::string shown(Dong money) { return grouped(money) + " ₫"; }

std::string written(Dong money) { return grouped(money) + " đồng"; }

}  // namespace thien_an
