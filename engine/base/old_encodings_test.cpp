#include <doctest/doctest.h>

#include "engine/base/vietnamese.h"

using namespace thien_an;

TEST_CASE("names in TCVN3 and VNI are recognised and become Unicode")
{
    CHECK(guess_encoding("NguyÔn Trµ Giang") == Encoding::tcvn3);
    CHECK(converted("NguyÔn Trµ Giang", Encoding::tcvn3) == "Nguyễn Trà Giang");
    CHECK(converted("§Æng ThÞ Ngäc ¸nh", Encoding::tcvn3) == "Đặng Thị Ngọc ánh");
    CHECK(guess_encoding("Nguyeãn Thò Höông") == Encoding::vni);
    CHECK(converted("Nguyeãn Thò Höông", Encoding::vni) == "Nguyễn Thị Hương");
    CHECK(converted("Ñaëng Vaên Quyù", Encoding::vni) == "Đặng Văn Quý");
}

TEST_CASE("Unicode names are left alone, composed or not")
{
    for (const auto* name :
         {"Nguyễn Trà Giang", "Đặng Thị Ngọc Ánh", "Hoàng Oanh", "Phạm Thị Vy", "Y Moan Êñuôl", "A B", ""})
        CHECK(guess_encoding(name) != Encoding::tcvn3);
    CHECK(guess_encoding("Nguyễn Thị Thúy Hằng") == Encoding::unicode);
    CHECK(guess_encoding("Nguye\u0302\u0303n") == Encoding::unicode_decomposed);
}
