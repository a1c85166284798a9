#include "engine/crypto/certificate.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509_vfy.h>

#include "engine/crypto/openssl.h"

namespace thien_an::crypto {
namespace {

using OwnedStoreContext = Owned<X509_STORE_CTX, X509_STORE_CTX_free>;
void free_stack(STACK_OF(X509) * stack) { sk_X509_pop_free(stack, X509_free); }
using OwnedStack = Owned<STACK_OF(X509), free_stack>;

std::string part(X509_NAME* name, int nid)
{
    const int at = X509_NAME_get_index_by_NID(name, nid, -1);
    if (at < 0) return {};
    unsigned char* utf8 = nullptr;
    const int size = ASN1_STRING_to_UTF8(&utf8, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, at)));
    if (size < 0) return {};
    std::string out(reinterpret_cast<char*>(utf8), std::size_t(size));
    OPENSSL_free(utf8);
    return out;
}

Instant instant_of(const ASN1_TIME* time)
{
    tm parts{};
    if (ASN1_TIME_to_tm(time, &parts) != 1) return {};
    return std::chrono::sys_seconds{std::chrono::seconds{timegm(&parts)}};
}

std::string serial_of(const X509* certificate)
{
    const OwnedNumber number{ASN1_INTEGER_to_BN(X509_get0_serialNumber(certificate), nullptr)};
    if (!number) return {};
    Bytes bytes(std::size_t(BN_num_bytes(number.get())));
    BN_bn2bin(number.get(), bytes.data());
    return hex(bytes);
}

OwnedStack stack_of(std::span<const Bytes> one, std::span<const Bytes> two)
{
    OwnedStack stack{made(sk_X509_new_null(), "certificates")};
    for (const auto& list : {one, two}) {
        for (const auto& der : list) {
            auto certificate = certificate_from(der);
            if (certificate && sk_X509_push(stack.get(), certificate.get()) > 0) (void)certificate.release();
        }
    }
    return stack;
}

OwnedStore store_of(const Trust& trust)
{
    OwnedStore store{made(X509_STORE_new(), "store")};
    for (const auto& der : trust.roots) {
        const auto root = certificate_from(der);
        if (root) must(X509_STORE_add_cert(store.get(), root.get()), "store");
    }
    return store;
}

ChainState state_of(int error)
{
    switch (error) {
    case X509_V_OK: return ChainState::good;
    case X509_V_ERR_CERT_NOT_YET_VALID: return ChainState::not_yet_valid;
    case X509_V_ERR_CERT_HAS_EXPIRED: return ChainState::expired;
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_CERT_UNTRUSTED: return ChainState::unknown_issuer;
    case X509_V_ERR_INVALID_CA:
    case X509_V_ERR_INVALID_PURPOSE:
    case X509_V_ERR_PATH_LENGTH_EXCEEDED:
    case X509_V_ERR_KEYUSAGE_NO_CERTSIGN: return ChainState::wrong_use;
    default:
        return ChainState::
            broken;  // NOLINT: OpenSSL's numbers are open-ended; all others are faults in the chain.
    }
}

bool may_sign(X509* leaf)
{
    const auto use = X509_get_key_usage(leaf);
    return X509_check_ca(leaf) == 0 && (use & (KU_DIGITAL_SIGNATURE | KU_NON_REPUDIATION)) != 0;
}

}  // namespace

std::optional<CertificateAbout> about_certificate(ByteView der)
{
    const auto certificate = certificate_from(der);
    if (!certificate) return std::nullopt;
    auto* subject = X509_get_subject_name(certificate.get());
    return CertificateAbout{
        .common_name = part(subject, NID_commonName),
        .organisation = part(subject, NID_organizationName),
        .title = part(subject, NID_title),
        .issuer = part(X509_get_issuer_name(certificate.get()), NID_commonName),
        .serial = serial_of(certificate.get()),
        .valid_from = instant_of(X509_get0_notBefore(certificate.get())),
        .valid_to = instant_of(X509_get0_notAfter(certificate.get())),
        .fingerprint = sha256(der),
    };
}

std::string_view word_of(ChainState state)
{
    switch (state) {
    case ChainState::good: return "good";
    case ChainState::not_yet_valid: return "not_yet_valid";
    case ChainState::expired: return "expired";
    case ChainState::unknown_issuer: return "unknown_issuer";
    case ChainState::wrong_use: return "wrong_use";
    case ChainState::broken: return "broken";
    }
    throw std::logic_error("ChainState outside its enumerators");
}

ChainState check_chain(ByteView leaf, std::span<const Bytes> others, const Trust& trust, Instant at)
{
    const auto certificate = certificate_from(leaf);
    if (!certificate) return ChainState::broken;
    const auto store = store_of(trust);
    const auto helpers = stack_of(others, trust.intermediates);
    const OwnedStoreContext context{made(X509_STORE_CTX_new(), "chain")};
    must(X509_STORE_CTX_init(context.get(), store.get(), certificate.get(), helpers.get()), "chain");
    X509_STORE_CTX_set_time(
        context.get(), 0, std::chrono::floor<std::chrono::seconds>(at).time_since_epoch().count()
    );
    const bool good = X509_verify_cert(context.get()) == 1;
    const int error = X509_STORE_CTX_get_error(context.get());
    ERR_clear_error();
    if (!good) return error == X509_V_OK ? ChainState::broken : state_of(error);
    return may_sign(certificate.get()) ? ChainState::good : ChainState::wrong_use;
}

std::vector<Bytes> certificates_from_pem(std::string_view pem)
{
    std::vector<Bytes> out;
    const OwnedBio bio{made(BIO_new_mem_buf(pem.data(), int(pem.size())), "pem")};
    while (const OwnedCertificate one{PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr)}) {
        out.push_back(der_of(one.get(), i2d_X509));
    }
    ERR_clear_error();
    return out;
}

std::string pem_of_certificate(ByteView der)
{
    const auto text = base64(der);
    std::string out = "-----BEGIN CERTIFICATE-----\n";
    for (std::size_t i = 0; i < text.size(); i += 64) out += text.substr(i, 64) + "\n";
    return out + "-----END CERTIFICATE-----\n";
}

}  // namespace thien_an::crypto
