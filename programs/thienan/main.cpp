#include <fmt/format.h>

int main()
{
    fmt::print(stderr, "thienan: no command yet\n");
    return 2;
}
