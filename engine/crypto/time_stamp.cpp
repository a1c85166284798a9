#include "engine/crypto/time_stamp.h"

#include <openssl/err.h>
#include <openssl/ts.h>

#include <algorithm>
#include <cstring>

#include "engine/crypto/openssl.h"
#include "engine/crypto/random.h"

namespace thien_an::crypto {
namespace {

using OwnedRequest = Owned<TS_REQ, TS_REQ_free>;
using OwnedImprint = Owned<TS_MSG_IMPRINT, TS_MSG_IMPRINT_free>;
using OwnedResponse = Owned<TS_RESP, TS_RESP_free>;
using OwnedToken = Owned<PKCS7, PKCS7_free>;
using OwnedStatement = Owned<TS_TST_INFO, TS_TST_INFO_free>;
using OwnedCheck = Owned<TS_VERIFY_CTX, TS_VERIFY_CTX_free>;
using OwnedInteger = Owned<ASN1_INTEGER, ASN1_INTEGER_free>;
using OwnedAlgorithm = Owned<X509_ALGOR, X509_ALGOR_free>;

OwnedInteger integer_of(ByteView bytes)
{
    const OwnedNumber number{made(BN_bin2bn(bytes.data(), int(bytes.size()), nullptr), "nonce")};
    return OwnedInteger{made(BN_to_ASN1_INTEGER(number.get(), nullptr), "nonce")};
}

OwnedImprint imprint_of(ByteView signature)
{
    auto digest = sha256(signature);
    OwnedImprint imprint{made(TS_MSG_IMPRINT_new(), "imprint")};
    const OwnedAlgorithm algorithm{made(X509_ALGOR_new(), "imprint")};
    must(X509_ALGOR_set0(algorithm.get(), OBJ_nid2obj(NID_sha256), V_ASN1_NULL, nullptr), "imprint");
    must(TS_MSG_IMPRINT_set_algo(imprint.get(), algorithm.get()), "imprint");
    must(TS_MSG_IMPRINT_set_msg(imprint.get(), digest.data(), int(digest.size())), "imprint");
    return imprint;
}

/// Whether a statement is about this signature.
bool speaks_of(TS_TST_INFO* statement, ByteView signature)
{
    auto* imprint = TS_TST_INFO_get_msg_imprint(statement);
    const auto* algorithm = TS_MSG_IMPRINT_get_algo(imprint);
    const ASN1_OBJECT* object = nullptr;
    X509_ALGOR_get0(&object, nullptr, nullptr, algorithm);
    const auto* bytes = TS_MSG_IMPRINT_get_msg(imprint);
    const auto digest = sha256(signature);
    const auto* data = ASN1_STRING_get0_data(bytes);
    const auto size = std::size_t(ASN1_STRING_length(bytes));
    return OBJ_obj2nid(object) == NID_sha256 && std::ranges::equal(ByteView(data, size), digest);
}

std::optional<Instant> time_of(TS_TST_INFO* statement)
{
    tm parts{};
    if (ASN1_TIME_to_tm(TS_TST_INFO_get_time(statement), &parts) != 1) return std::nullopt;
    return std::chrono::sys_seconds{std::chrono::seconds{timegm(&parts)}};
}

OwnedToken token_from(ByteView der)
{
    const unsigned char* at = der.data();
    return OwnedToken{d2i_PKCS7(nullptr, &at, long(der.size()))};
}

/// Roots of `trust`, believed at `at`.
OwnedStore store_at(const Trust& trust, Instant at)
{
    OwnedStore store{made(X509_STORE_new(), "store")};
    for (const auto& der : trust.roots) {
        const auto root = certificate_from(der);
        if (root) must(X509_STORE_add_cert(store.get(), root.get()), "store");
    }
    X509_VERIFY_PARAM_set_time(
        X509_STORE_get0_param(store.get()),
        std::chrono::floor<std::chrono::seconds>(at).time_since_epoch().count()
    );
    return store;
}

STACK_OF(X509) * stack_of(const std::vector<Bytes>& certificates)
{
    auto* stack = made(sk_X509_new_null(), "certificates");
    for (const auto& der : certificates) {
        auto certificate = certificate_from(der);
        if (certificate && sk_X509_push(stack, certificate.get()) > 0) (void)certificate.release();
    }
    return stack;
}

bool holds(PKCS7* token, const Trust& trust, Instant at)
{
    const OwnedCheck check{made(TS_VERIFY_CTX_new(), "time stamp")};
    TS_VERIFY_CTX_set_flags(check.get(), TS_VFY_SIGNATURE | TS_VFY_VERSION);
    // The check owns what it is given.
    TS_VERIFY_CTX_set_store(check.get(), store_at(trust, at).release());
    TS_VERIFY_CTX_set_certs(check.get(), stack_of(trust.intermediates));
    return TS_RESP_verify_token(check.get(), token) == 1;
}

}  // namespace

TimeStampRequest time_stamp_request(ByteView signature)
{
    TimeStampRequest out;
    out.nonce = random_bytes(16);
    out.nonce[0] = std::uint8_t(out.nonce[0] | 1);  // No leading zero: DER would drop it.
    const OwnedRequest request{made(TS_REQ_new(), "time stamp")};
    must(TS_REQ_set_version(request.get(), 1), "time stamp");
    must(TS_REQ_set_msg_imprint(request.get(), imprint_of(signature).get()), "time stamp");
    must(TS_REQ_set_nonce(request.get(), integer_of(out.nonce).get()), "time stamp");
    must(TS_REQ_set_cert_req(request.get(), 1), "time stamp");
    out.der = der_of<TS_REQ>(request.get(), i2d_TS_REQ);
    return out;
}

Result<Bytes> time_stamp_token(ByteView reply, const TimeStampRequest& request, ByteView signature)
{
    const unsigned char* at = reply.data();
    const OwnedResponse response{d2i_TS_RESP(nullptr, &at, long(reply.size()))};
    ERR_clear_error();
    const Problem broken{.code = "crypto.time_stamp_broken", .field = {}, .law = {}, .words = {}};
    if (!response) return broken;
    const auto status = ASN1_INTEGER_get(TS_STATUS_INFO_get0_status(TS_RESP_get_status_info(response.get())));
    if (status != TS_STATUS_GRANTED && status != TS_STATUS_GRANTED_WITH_MODS) {
        return Problem{.code = "crypto.time_stamp_refused"};
    }
    auto* statement = TS_RESP_get_tst_info(response.get());
    auto* token = TS_RESP_get_token(response.get());
    if (statement == nullptr || token == nullptr || !speaks_of(statement, signature)) return broken;
    const auto* nonce = TS_TST_INFO_get_nonce(statement);
    if (nonce == nullptr || ASN1_INTEGER_cmp(nonce, integer_of(request.nonce).get()) != 0) return broken;
    return der_of<PKCS7>(token, i2d_PKCS7);
}

std::optional<Instant> proven_time(ByteView token, ByteView signature, const Trust& trust)
{
    const auto parsed = token_from(token);
    const OwnedStatement statement{parsed ? PKCS7_to_TS_TST_INFO(parsed.get()) : nullptr};
    ERR_clear_error();
    if (!statement || !speaks_of(statement.get(), signature)) return std::nullopt;
    const auto at = time_of(statement.get());
    const bool good = at && holds(parsed.get(), trust, *at);
    ERR_clear_error();
    return good ? at : std::nullopt;
}

}  // namespace thien_an::crypto
