#include <libp11.h>
#include <openssl/err.h>

#include <mutex>

#include "engine/crypto/signing_key.h"

namespace thien_an::crypto {
namespace {

void close_module(PKCS11_CTX* context)
{
    PKCS11_CTX_unload(context);
    PKCS11_CTX_free(context);
}
using OwnedModule = Owned<PKCS11_CTX, close_module>;

/// Null when `path` is no PKCS #11 module; such a context must be freed without being unloaded.
OwnedModule loaded(const std::string& path)
{
    Owned<PKCS11_CTX, PKCS11_CTX_free> module{made(PKCS11_CTX_new(), "pkcs11")};
    const bool good = PKCS11_CTX_load(module.get(), path.c_str()) == 0;
    ERR_clear_error();
    return OwnedModule{good ? module.release() : nullptr};
}

/// All slots of a module; libp11 wants them given back with their count.
struct Slots {
    explicit Slots(PKCS11_CTX* module) : module_(module)
    {
        if (PKCS11_enumerate_slots(module, &first, &count) != 0) {
            first = nullptr;
            count = 0;
        }
    }
    ~Slots()
    {
        if (first != nullptr) PKCS11_release_all_slots(module_, first, count);
    }
    Slots(const Slots&) = delete;
    Slots& operator=(const Slots&) = delete;

    PKCS11_SLOT* with_token(const std::string& label) const
    {
        for (unsigned i = 0; i < count; ++i) {
            if (first[i].token != nullptr && first[i].token->label == label) return &first[i];
        }
        return nullptr;
    }

    PKCS11_SLOT* first = nullptr;
    unsigned count = 0;

private:
    PKCS11_CTX* module_;
};

class TokenSigner : public Signer {
public:
    TokenSigner(
        OwnedModule module,
        std::unique_ptr<Slots> slots,
        OwnedKey key,
        Bytes certificate,
        std::vector<Bytes> chain
    )
        : module_(std::move(module)),
          slots_(std::move(slots)),
          key_(std::move(key)),
          certificate_(std::move(certificate)),
          chain_(std::move(chain))
    {
    }

    const Bytes& certificate() const override { return certificate_; }
    const std::vector<Bytes>& chain() const override { return chain_; }
    SignatureKind kind() const override { return kind_of(key_.get()); }
    Result<Bytes> sign(ByteView message) const override
    {
        const std::lock_guard lock(one_at_a_time_);
        try {
            return sign_with(key_.get(), message);
        } catch (const CryptoError&) {  // Pulled out or locked: the person at the token can mend that.
            return Problem{.code = "crypto.signer_unavailable"};
        }
    }

private:
    // Destroyed from the last to the first: the key before its slots, the slots before the module.
    OwnedModule module_;
    std::unique_ptr<Slots> slots_;
    OwnedKey key_;
    Bytes certificate_;
    std::vector<Bytes> chain_;
    mutable std::mutex one_at_a_time_;
};

template <typename Object>
Object* labelled(Object* first, unsigned count, const std::string& label)
{
    for (unsigned i = 0; i < count; ++i) {
        if (first[i].label != nullptr && first[i].label == label) return &first[i];
    }
    return nullptr;
}

PKCS11_KEY* find_key(PKCS11_TOKEN* token, const std::string& label)
{
    PKCS11_KEY* keys = nullptr;
    unsigned count = 0;
    return PKCS11_enumerate_keys(token, &keys, &count) == 0 ? labelled(keys, count, label) : nullptr;
}

PKCS11_CERT* find_certificate(PKCS11_TOKEN* token, const std::string& label)
{
    PKCS11_CERT* certificates = nullptr;
    unsigned count = 0;
    return PKCS11_enumerate_certs(token, &certificates, &count) == 0 ? labelled(certificates, count, label)
                                                                     : nullptr;
}

}  // namespace

Result<std::unique_ptr<Signer>> token_signer(
    const TokenPlace& place, std::string_view pin, std::vector<Bytes> chain
)
{
    const Problem no_token{
        .code = "crypto.no_token", .field = {}, .law = {}, .words = {{"token", place.token}}};
    auto module = loaded(place.module);
    if (!module) return no_token;
    auto slots = std::make_unique<Slots>(module.get());
    auto* slot = slots->with_token(place.token);
    if (slot == nullptr) return no_token;
    if (PKCS11_login(slot, 0, std::string(pin).c_str()) != 0) {
        ERR_clear_error();
        return Problem{.code = "crypto.wrong_pin", .words = {{"token", place.token}}};
    }
    auto* key = find_key(slot->token, place.object);
    auto* certificate = find_certificate(slot->token, place.object);
    OwnedKey usable{key != nullptr ? PKCS11_get_private_key(key) : nullptr};
    ERR_clear_error();
    if (!usable || certificate == nullptr) {
        return Problem{
            .code = "crypto.no_key_on_token", .words = {{"token", place.token}, {"object", place.object}}};
    }
    auto der = der_of<X509>(certificate->x509, i2d_X509);
    return std::unique_ptr<Signer>(std::make_unique<TokenSigner>(
        std::move(module), std::move(slots), std::move(usable), std::move(der), std::move(chain)
    ));
}

}  // namespace thien_an::crypto
