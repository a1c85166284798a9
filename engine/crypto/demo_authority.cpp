#include "engine/crypto/demo_authority.h"

#include <openssl/ec.h>

#include "engine/base/json.h"
#include "engine/crypto/random.h"
#include "engine/crypto/signing_key.h"

namespace thien_an::crypto {
namespace {

constexpr const char* valid_from = "20160101000000Z";
constexpr const char* valid_to = "20460101000000Z";

struct Template {
    std::string common_name;
    std::string organisation;
    std::string title;
    std::string constraints;  ///< Basic constraints and key usage as OpenSSL writes them.
    std::string usage;
};

OwnedKey new_key() { return OwnedKey{made(EVP_EC_gen("P-256"), "key")}; }

void add_part(X509_NAME* name, const char* field, const std::string& text)
{
    if (text.empty()) return;
    // X.520 bounds names and titles to 64 characters; a longer one is cut between characters.
    std::string cut;
    std::size_t characters = 0;
    for (const char c : text) {
        const bool starts = (static_cast<unsigned char>(c) & 0xC0) != 0x80;
        if (starts && ++characters > 64) break;
        cut += c;
    }
    must(
        X509_NAME_add_entry_by_txt(
            name,
            field,
            MBSTRING_UTF8,
            reinterpret_cast<const unsigned char*>(cut.data()),
            int(cut.size()),
            -1,
            0
        ),
        "name"
    );
}

void add_extension(X509* certificate, X509* issuer, int nid, const std::string& text)
{
    X509V3_CTX context;
    X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
    using OwnedExtension = Owned<X509_EXTENSION, X509_EXTENSION_free>;
    const OwnedExtension extension{
        made(X509V3_EXT_conf_nid(nullptr, &context, nid, text.c_str()), "extension")};
    must(X509_add_ext(certificate, extension.get(), -1), "extension");
}

/// `issuer` is null for a root.
Bytes certify(const Template& t, EVP_PKEY* subject_key, X509* issuer, EVP_PKEY* issuer_key)
{
    const OwnedCertificate certificate{made(X509_new(), "certificate")};
    auto* x = certificate.get();
    must(X509_set_version(x, 2), "certificate");
    auto serial = random_bytes(16);
    serial[0] &= 0x7f;
    const OwnedNumber number{made(BN_bin2bn(serial.data(), int(serial.size()), nullptr), "serial")};
    made(BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(x)), "serial");
    must(ASN1_TIME_set_string_X509(X509_getm_notBefore(x), valid_from), "time");
    must(ASN1_TIME_set_string_X509(X509_getm_notAfter(x), valid_to), "time");
    auto* name = X509_get_subject_name(x);
    add_part(name, "C", "VN");
    add_part(name, "O", t.organisation);
    add_part(name, "title", t.title);
    add_part(name, "CN", t.common_name);
    auto* signed_by = issuer != nullptr ? issuer : x;
    must(X509_set_issuer_name(x, X509_get_subject_name(signed_by)), "issuer");
    must(X509_set_pubkey(x, subject_key), "key");
    add_extension(x, signed_by, NID_basic_constraints, t.constraints);
    add_extension(x, signed_by, NID_key_usage, t.usage);
    add_extension(x, signed_by, NID_subject_key_identifier, "hash");
    add_extension(x, signed_by, NID_authority_key_identifier, "keyid:always");
    if (X509_sign(x, issuer_key, EVP_sha256()) <= 0) throw_openssl("certificate");
    return der_of<X509>(x, i2d_X509);
}

constexpr const char* authority_usage = "critical,keyCertSign,cRLSign";
constexpr const char* signer_usage = "critical,digitalSignature,nonRepudiation";

json::object written(const Credential& credential)
{
    return {{"certificate", base64(credential.certificate)}, {"key", base64(credential.sealed_key)}};
}

std::optional<Credential> credential_in(const json::value& v, std::string_view name)
{
    const auto* one = json::member(v, name);
    if (one == nullptr) return std::nullopt;
    const auto certificate = from_base64(json::string_or(*one, "certificate"));
    const auto key = from_base64(json::string_or(*one, "key"));
    if (!certificate || !key || !certificate_from(*certificate)) return std::nullopt;
    return Credential{*certificate, {}, *key};
}

}  // namespace

DemoAuthority DemoAuthority::create(const KeyRing& ring, const std::string& place_name)
{
    const auto root_key = new_key();
    const auto issuing_key = new_key();
    const std::string organisation = "DEMO " + place_name;
    const auto root = certify(
        {"DEMO Root CA " + place_name, organisation, "", "critical,CA:TRUE", authority_usage},
        root_key.get(),
        nullptr,
        root_key.get()
    );
    const auto issuing = certify(
        {"DEMO Issuing CA " + place_name, organisation, "", "critical,CA:TRUE,pathlen:0", authority_usage},
        issuing_key.get(),
        certificate_from(root).get(),
        root_key.get()
    );
    DemoAuthority authority;
    authority.root_ = sealed_credential(ring, root, {}, root_key.get());
    authority.issuing_ = sealed_credential(ring, issuing, {root}, issuing_key.get());
    authority.issuing_key_ = der_of<EVP_PKEY>(issuing_key.get(), i2d_PrivateKey);
    return authority;
}

Result<DemoAuthority> DemoAuthority::read(const KeyRing& ring, std::string_view text)
{
    const auto parsed = TRY(json::parse(text));
    const auto root = credential_in(parsed, "root");
    const auto issuing = credential_in(parsed, "issuing");
    if (!root || !issuing) return Problem{.code = "crypto.demo_authority_broken"};
    DemoAuthority authority;
    authority.root_ = *root;
    authority.issuing_ = *issuing;
    authority.issuing_.chain = {root->certificate};
    authority.issuing_key_ = TRY(opened_key(ring, authority.issuing_));
    return authority;
}

std::string DemoAuthority::text() const
{
    return json::text_of(json::object{{"root", written(root_)}, {"issuing", written(issuing_)}}) + "\n";
}

Credential DemoAuthority::issue(const KeyRing& ring, const DemoSubject& subject) const
{
    const auto key = new_key();
    const auto* at = issuing_key_.data();
    const OwnedKey issuing_key{made(d2i_AutoPrivateKey(nullptr, &at, long(issuing_key_.size())), "key")};
    const auto certificate = certify(
        {"DEMO " + subject.name,
         "DEMO " + subject.organisation,
         subject.title,
         "critical,CA:FALSE",
         signer_usage},
        key.get(),
        certificate_from(issuing_.certificate).get(),
        issuing_key.get()
    );
    return sealed_credential(ring, certificate, {issuing_.certificate, root_.certificate}, key.get());
}

Trust DemoAuthority::trust() const { return {{root_.certificate}, {issuing_.certificate}}; }

}  // namespace thien_an::crypto
