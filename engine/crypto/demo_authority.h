#pragma once

#include <string>

#include "engine/crypto/certificate.h"
#include "engine/crypto/signer.h"

/// Certificates for demo folders: a root and an issuing authority of their own, valid from 2016-01-01 for thirty years,
/// with "DEMO" in every name, so that nobody takes a demo paper for a real one. A real folder has none of this.
namespace thien_an::crypto {

/// For whom a certificate is issued.
struct DemoSubject {
    std::string name;  ///< Person or agency; the certificate says "DEMO <name>".
    std::string organisation;
    std::string title;  ///< The post of a person; empty for an agency.
};

class DemoAuthority {
public:
    /// Makes root and issuing authority. `place_name` ("Quảng Ngãi") is part of their names.
    static DemoAuthority create(const KeyRing& ring, const std::string& place_name);
    /// From what `text()` gave. Problems "crypto.demo_authority_broken", "crypto.sealed_value_broken".
    static Result<DemoAuthority> read(const KeyRing& ring, std::string_view text);
    /// JSON to keep in the demo folder; private keys in it are sealed.
    std::string text() const;

    Credential issue(const KeyRing& ring, const DemoSubject& subject) const;
    Trust trust() const;

private:
    Credential root_;
    Credential issuing_;
    Bytes issuing_key_;  ///< DER; opened from the credential.
};

}  // namespace thien_an::crypto
