#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "engine/base/vietnamese.h"
#include "engine/identity/accounts.h"
#include "engine/identity/parties.h"

/// What a person types as phone, e-mail, number, name or password: refused, or brought to a form that stays as it is.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size)
{
    using namespace thien_an;
    using namespace thien_an::identity;
    const std::string_view text(reinterpret_cast<const char*>(bytes), size);
    if (!is_utf8(text)) return 0;  // The door has refused it.
    if (const auto phone = tidy_phone(text); phone && tidy_phone(phone.value()).value() != phone.value())
        std::abort();
    if (const auto email = tidy_email(text)) {
        if (tidy_email(email.value()).value() != email.value()) std::abort();
        if (email.value().find_first_of("\r\n ") != std::string::npos) std::abort();
    }
    if (const auto number = tidy_identity_number(text))
        if (number.value().size() != 9 && number.value().size() != 12) std::abort();
    const auto shown = masked(text);
    if (size > 3 && text.find('@') == std::string_view::npos && shown == text &&
        text.find("•") == std::string_view::npos)
        std::abort();
    (void)check_password_rules(text, "an@example.vn", "Nguyễn Thị An", 10);
    return 0;
}
