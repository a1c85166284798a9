#include "engine/crypto/cms.h"

#include <openssl/err.h>
#include <openssl/ess.h>

#include "engine/crypto/der.h"
#include "engine/crypto/openssl.h"
#include "engine/crypto/time_stamp.h"

namespace thien_an::crypto {
namespace {

constexpr const char* oid_data = "1.2.840.113549.1.7.1";
constexpr const char* oid_signed_data = "1.2.840.113549.1.7.2";
constexpr const char* oid_content_type = "1.2.840.113549.1.9.3";
constexpr const char* oid_message_digest = "1.2.840.113549.1.9.4";
constexpr const char* oid_signing_certificate_v2 = "1.2.840.113549.1.9.16.2.47";
constexpr const char* oid_time_stamp_token = "1.2.840.113549.1.9.16.2.14";
constexpr const char* oid_sha256 = "2.16.840.1.101.3.4.2.1";
constexpr const char* oid_ecdsa_sha256 = "1.2.840.10045.4.3.2";
constexpr const char* oid_rsa = "1.2.840.113549.1.1.1";

Bytes attribute(const char* oid, const Bytes& value)
{
    return der::sequence({der::object_id(oid), der::set_of({value})});
}

Bytes joined(std::span<const Bytes> parts)
{
    Bytes out;
    for (const auto& part : parts) out.insert(out.end(), part.begin(), part.end());
    return out;
}

Bytes issuer_and_serial(X509* certificate)
{
    const auto issuer = der_of<X509_NAME>(X509_get_issuer_name(certificate), i2d_X509_NAME);
    const auto serial = der_of<ASN1_INTEGER>(X509_get0_serialNumber(certificate), i2d_ASN1_INTEGER);
    return der::sequence({issuer, serial});
}

Bytes algorithm_of(SignatureKind kind)
{
    switch (kind) {
    case SignatureKind::ecdsa_sha256: return der::sequence({der::object_id(oid_ecdsa_sha256)});
    case SignatureKind::rsa_sha256: return der::sequence({der::object_id(oid_rsa), der::null()});
    }
    throw std::logic_error("SignatureKind outside its enumerators");
}

void free_stack(STACK_OF(X509) * stack) { sk_X509_pop_free(stack, X509_free); }
using OwnedStack = Owned<STACK_OF(X509), free_stack>;

/// The octets inside the first value of the attribute `nid`; null when it is not there exactly once.
const ASN1_STRING* only_value(CMS_SignerInfo* signer, int nid, int type)
{
    const int at = CMS_signed_get_attr_by_NID(signer, nid, -1);
    if (at < 0 || CMS_signed_get_attr_by_NID(signer, nid, at) >= 0) return nullptr;
    auto* attribute = CMS_signed_get_attr(signer, at);
    if (X509_ATTRIBUTE_count(attribute) != 1) return nullptr;
    return static_cast<const ASN1_STRING*>(X509_ATTRIBUTE_get0_data(attribute, 0, type, nullptr));
}

/// Whether signing-certificate(-v2) names the certificate that signed.
bool names_certificate(CMS_SignerInfo* signer, X509* certificate)
{
    using OwnedV2 = Owned<ESS_SIGNING_CERT_V2, ESS_SIGNING_CERT_V2_free>;
    const auto* value = only_value(signer, NID_id_smime_aa_signingCertificateV2, V_ASN1_SEQUENCE);
    if (value == nullptr) return false;
    const unsigned char* at = ASN1_STRING_get0_data(value);
    const OwnedV2 names{d2i_ESS_SIGNING_CERT_V2(nullptr, &at, ASN1_STRING_length(value))};
    if (!names) return false;
    const OwnedStack chain{made(sk_X509_new_null(), "cms")};
    if (X509_up_ref(certificate) != 1 || sk_X509_push(chain.get(), certificate) <= 0) throw_openssl("cms");
    return OSSL_ESS_check_signing_certs(nullptr, names.get(), chain.get(), 1) > 0;
}

bool is_strong(CMS_SignerInfo* signer, X509* certificate)
{
    X509_ALGOR* digest = nullptr;
    CMS_SignerInfo_get0_algs(signer, nullptr, nullptr, &digest, nullptr);
    const ASN1_OBJECT* object = nullptr;
    X509_ALGOR_get0(&object, nullptr, nullptr, digest);
    const int nid = OBJ_obj2nid(object);
    const auto* key = X509_get0_pubkey(certificate);
    if (key == nullptr) return false;
    const int bits = EVP_PKEY_get_bits(key);
    const bool key_strong = EVP_PKEY_get_base_id(key) == EVP_PKEY_EC ? bits >= 256 : bits >= 2048;
    return key_strong && (nid == NID_sha256 || nid == NID_sha384 || nid == NID_sha512);
}

Bytes time_stamp_of(CMS_SignerInfo* signer)
{
    const int at = CMS_unsigned_get_attr_by_NID(signer, NID_id_smime_aa_timeStampToken, -1);
    if (at < 0) return {};
    const auto* value = static_cast<const ASN1_STRING*>(
        X509_ATTRIBUTE_get0_data(CMS_unsigned_get_attr(signer, at), 0, V_ASN1_SEQUENCE, nullptr)
    );
    if (value == nullptr) return {};
    const auto* bytes = ASN1_STRING_get0_data(value);
    return {bytes, bytes + ASN1_STRING_length(value)};
}

/// The CMS at the start of `cms`, when only zeros follow it.
OwnedCms read_padded(ByteView cms)
{
    const auto size = der::element_size(cms);
    if (size == 0) return nullptr;
    for (const auto byte : cms.subspan(size)) {
        if (byte != 0) return nullptr;
    }
    const unsigned char* at = cms.data();
    OwnedCms out{d2i_CMS_ContentInfo(nullptr, &at, long(size))};
    if (!out || at != cms.data() + size) return nullptr;
    return out;
}

/// The only signer of a detached CMS whose certificate is in it.
CMS_SignerInfo* only_signer(CMS_ContentInfo* cms)
{
    if (OBJ_obj2nid(CMS_get0_type(cms)) != NID_pkcs7_signed || CMS_is_detached(cms) != 1) return nullptr;
    // The attribute inside says "data"; a CMS that names another type outside is two things at once.
    if (OBJ_obj2nid(CMS_get0_eContentType(cms)) != NID_pkcs7_data) return nullptr;
    auto* signers = CMS_get0_SignerInfos(cms);
    if (signers == nullptr || sk_CMS_SignerInfo_num(signers) != 1) return nullptr;
    auto* signer = sk_CMS_SignerInfo_value(signers, 0);
    // Without attributes the digest would be signed bare, and nothing could bind the certificate.
    return CMS_signed_get_attr_count(signer) > 0 ? signer : nullptr;
}

void read_certificates(CMS_ContentInfo* cms, CMS_SignerInfo* signer, CmsReport& report)
{
    const OwnedStack all{CMS_get1_certs(cms)};
    for (int i = 0; all && i < sk_X509_num(all.get()); ++i) {
        auto* one = sk_X509_value(all.get(), i);
        auto der = der_of<X509>(one, i2d_X509);
        if (report.certificate.empty() && CMS_SignerInfo_cert_cmp(signer, one) == 0) {
            report.certificate = std::move(der);
        } else {
            report.others.push_back(std::move(der));
        }
    }
}

}  // namespace

Bytes attributes_to_sign(const Sha256& digest, ByteView certificate)
{
    const auto parsed = certificate_from(certificate);
    if (!parsed) throw CryptoError("attributes: not a certificate");
    const auto print = sha256(certificate);
    // ESSCertIDv2: SHA-256 is the default algorithm and stays out; issuerSerial says which certificate in words.
    const auto general_name =
        der::wrap(0xa4, der_of<X509_NAME>(X509_get_issuer_name(parsed.get()), i2d_X509_NAME));
    const auto serial = der_of<ASN1_INTEGER>(X509_get0_serialNumber(parsed.get()), i2d_ASN1_INTEGER);
    const auto issuer_serial = der::sequence({der::sequence({general_name}), serial});
    const auto one = der::sequence({der::octets(print), issuer_serial});
    const auto signing_certificate = der::sequence({der::sequence({one})});
    return der::set_of({
        attribute(oid_content_type, der::object_id(oid_data)),
        attribute(oid_message_digest, der::octets(digest)),
        attribute(oid_signing_certificate_v2, signing_certificate),
    });
}

Bytes cms_of(
    ByteView attributes,
    const Signature& signature,
    ByteView certificate,
    std::span<const Bytes> chain,
    ByteView time_stamp
)
{
    const auto parsed = certificate_from(certificate);
    if (!parsed || attributes.empty()) throw CryptoError("cms: not a certificate");
    const auto sha = der::sequence({der::object_id(oid_sha256)});
    Bytes signed_attributes(attributes.begin(), attributes.end());
    signed_attributes[0] = 0xa0;  // Signed as SET, written as [0] IMPLICIT.
    Bytes unsigned_attributes;
    if (!time_stamp.empty()) {
        const auto token = attribute(oid_time_stamp_token, Bytes(time_stamp.begin(), time_stamp.end()));
        unsigned_attributes = der::wrap(0xa1, token);
    }
    const auto signer = der::sequence({
        der::small_integer(1),
        issuer_and_serial(parsed.get()),
        sha,
        signed_attributes,
        algorithm_of(signature.kind),
        der::octets(signature.bytes),
        unsigned_attributes,
    });
    Bytes certificates(certificate.begin(), certificate.end());
    const auto rest = joined(chain);
    certificates.insert(certificates.end(), rest.begin(), rest.end());
    const auto signed_data = der::sequence({
        der::small_integer(1),
        der::set_of({sha}),
        der::sequence({der::object_id(oid_data)}),
        der::wrap(0xa0, certificates),
        der::set_of({signer}),
    });
    return der::sequence({der::object_id(oid_signed_data), der::wrap(0xa0, signed_data)});
}

Result<Bytes> sign_detached(const Signer& signer, const Sha256& digest, const TimeStamper& stamp)
{
    const auto attributes = attributes_to_sign(digest, signer.certificate());
    const Signature signature{signer.kind(), TRY(signer.sign(attributes))};
    Bytes token;
    if (stamp) {
        const auto request = time_stamp_request(signature.bytes);
        token = TRY(time_stamp_token(TRY(stamp(request.der)), request, signature.bytes));
    }
    return cms_of(attributes, signature, signer.certificate(), signer.chain(), token);
}

CmsReport check_detached(ByteView cms, ByteView content)
{
    CmsReport report;
    const auto parsed = read_padded(cms);
    auto* signer = parsed ? only_signer(parsed.get()) : nullptr;
    if (signer != nullptr) read_certificates(parsed.get(), signer, report);
    const auto certificate = certificate_from(report.certificate);
    if (certificate) {
        report.readable = true;
        // CMS_verify copies a BIO of memory and loses the copy when it fails early (OpenSSL 3.0), hence the filter before it.
        const OwnedBio bio{made(BIO_new(BIO_f_null()), "cms")};
        const auto* bytes_of_content = content.empty() ? "" : static_cast<const void*>(content.data());
        BIO_push(bio.get(), made(BIO_new_mem_buf(bytes_of_content, int(content.size())), "cms"));
        constexpr unsigned flags = CMS_BINARY | CMS_DETACHED | CMS_NO_SIGNER_CERT_VERIFY;
        report.genuine = CMS_verify(parsed.get(), nullptr, nullptr, bio.get(), nullptr, flags) == 1;
        report.bound = names_certificate(signer, certificate.get());
        report.strong = is_strong(signer, certificate.get());
        const auto* signature = CMS_SignerInfo_get0_signature(signer);
        const auto* bytes = ASN1_STRING_get0_data(signature);
        report.signature.assign(bytes, bytes + ASN1_STRING_length(signature));
        report.time_stamp = time_stamp_of(signer);
    }
    ERR_clear_error();
    return report;
}

}  // namespace thien_an::crypto
