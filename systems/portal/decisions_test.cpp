#include <doctest/doctest.h>

#include "systems/portal/display_pages.h"
#include "systems/portal/procedure_facts.h"
#include "systems/portal/short_form.h"
#include "systems/portal/visit.h"

namespace thien_an::portal {

TEST_CASE("a way back is a path of ours or the one given instead")
{
    CHECK(local_path("/ho-so-cua-toi?sau=1", "/") == "/ho-so-cua-toi?sau=1");
    CHECK(local_path("//evil.example", "/") == "/");
    CHECK(local_path("/\\evil.example", "/") == "/");
    CHECK(local_path("https://evil.example/", "/") == "/");
    CHECK(local_path("", "/x") == "/x");
}

TEST_CASE("the page of looks goes back to where the visitor came from, on this host only")
{
    CHECK(came_from("https://a.vn/thu-tuc?q=khai+sinh", "a.vn") == "/thu-tuc?q=khai+sinh");
    CHECK(came_from("http://127.0.0.1:8080/", "127.0.0.1:8080") == "/");
    CHECK(came_from("https://evil.example/thu-tuc", "a.vn") == "/");
    CHECK(came_from("https://a.vn.evil.example/x", "a.vn") == "/");
    CHECK(came_from("https://a.vn", "a.vn") == "/");
    CHECK(came_from("https://a.vn/hien-thi", "a.vn") == "/");
    CHECK(came_from("https://a.vn//evil.example", "a.vn") == "/");
    CHECK(came_from("", "a.vn") == "/");
}

TEST_CASE("a problem stands at the field it speaks about, else at the form's first")
{
    const auto at = [](std::string code) {
        return placed(Problem{.code = std::move(code), .field = "/elsewhere", .law = ""}, "contact").field;
    };
    CHECK(at("identity.password_short") == "/password");
    CHECK(at("identity.wrong_password") == "/old_password");
    CHECK(at("identity.wrong_code") == "/code");
    CHECK(at("identity.code_expired") == "/code");
    CHECK(at("identity.bad_name") == "/full_name");
    CHECK(at("identity.second_factor_needed") == "/factor");
    CHECK(at("identity.contact_taken") == "/contact");
}

TEST_CASE("a line of facts shows the first clause of a sentence")
{
    CHECK(first_clause("Trong ngày; nhận sau 15 giờ thì trả ngày sau") == "Trong ngày");
    CHECK(
        first_clause("Miễn lệ phí khi đăng ký đúng hạn. Quá hạn: 8.000 ₫.") ==
        "Miễn lệ phí khi đăng ký đúng hạn"
    );
    CHECK(first_clause("8.000 ₫ mỗi bản.") == "8.000 ₫ mỗi bản");
    CHECK(first_clause("") == "");
}

TEST_CASE("a device is called by its browser and system")
{
    CHECK(
        browser_name("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) "
                     "Chrome/126.0.0.0 Safari/537.36") == "Chrome, Linux"
    );
    CHECK(
        browser_name("Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) "
                     "SamsungBrowser/25.0 Chrome/121 Mobile Safari/537.36") == "Samsung Internet, Android"
    );
    CHECK(
        browser_name(
            "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) Version/17.5 Mobile/15E148 Safari/604.1"
        ) == "Safari, iPhone"
    );
    CHECK(
        browser_name("Mozilla/5.0 (Windows NT 10.0; rv:127.0) Gecko/20100101 Firefox/127.0") ==
        "Firefox, Windows"
    );
    CHECK(browser_name("curl/7.88.1") == "curl/7.88.1");
    CHECK(browser_name("") == "");
}

TEST_CASE("a page number is a whole number from one")
{
    const auto page = [](std::string text) {
        web::Request request;
        request.query.add("trang", std::move(text));
        return page_number(request);
    };
    CHECK(page("3") == 3);
    CHECK(page("0") == 1);
    CHECK(page("-1") == 1);
    CHECK(page("3x") == 1);
    CHECK(page("99999999999999999999") == 1);
    CHECK(page_number({}) == 1);
}

TEST_CASE("the form key and the token are no answers of a form")
{
    web::Request request;
    request.method = web::Method::post;
    request.path = "/nop/1/xem-lai";
    request.form.add("key", "k1");
    request.form.add("csrf", "c");
    request.form.add("declared_true", "1");
    const auto fields = typed(request);
    CHECK(fields.size() == 1);
    CHECK(fields.begin()->first == "declared_true");
}

}  // namespace thien_an::portal
