#pragma once

#include "engine/crypto/certificate.h"
#include "engine/crypto/demo_authority.h"
#include "engine/documents/appearance.h"
#include "engine/documents/pades.h"
#include "engine/documents/pdf_verify.h"
#include "engine/documents/process_for_tests.h"

/// A paper with a chairman's and an agency's signature, for tests of signing and of attacks.
namespace thien_an::documents::for_tests {

inline const Instant signed_at = parse_instant("2016-07-01T08:05:00+07:00").value();

/// One office for all cases: its keys take no time but its NSS database does.
struct Office {
    Folder folder;
    crypto::KeyRing ring =
        crypto::KeyRing::create({folder.path / "keys.json", folder.path / "data"}, Instant{}).value().ring;
    crypto::DemoAuthority authority = crypto::DemoAuthority::create(ring, "Quảng Ngãi");
    std::unique_ptr<crypto::Signer> chairman =
        crypto::server_signer(ring, authority.issue(ring, {"Trần Văn An", "UBND xã Bình Hải", "Chủ tịch"}))
            .value();
    std::unique_ptr<crypto::Signer> agency =
        crypto::server_signer(ring, authority.issue(ring, {"UBND xã Bình Hải", "UBND xã Bình Hải", ""}))
            .value();
};

inline const Office& office()
{
    static const Office one;
    return one;
}

inline PdfReport verified(ByteView pdf) { return verify_pdf(pdf, office().authority.trust(), signed_at); }

inline Bytes paper_with_fields()
{
    const auto paper = Paper::read(
        R"(<paper xmlns="urn:thien-an:paper:1" title="Giấy xác nhận"><page>
        <paragraph style="number">Số: <field name="number" width="14"/>/XN-UBND</paragraph>
        <paragraph style="place_date">Bình Hải, <field name="issued_on" width="60"/></paragraph>
        <paragraph style="type" before="20">Giấy xác nhận</paragraph>
        <paragraph style="body">Ủy ban nhân dân xã Bình Hải xác nhận: bà Nguyễn Thị Ước cư trú tại xã.</paragraph>
        <table columns="* 90"><row><cell/><cell><paragraph style="position">Chủ tịch</paragraph>
        <signature-place name="signer" align="center"/><signature-place name="extra" height="1"/><seal-place name="agency" over="signer"/>
        <paragraph style="signer">Trần Văn An</paragraph></cell></row></table></page></paper>)",
        "x.paper.xml"
    );
    const auto drawn = draw(paper.value(), {.values = json::object{}, .created = signed_at}).value();
    return with_fields(drawn.pdf, drawn.places).value();
}

inline SignatureRequest personal()
{
    return {
        .field = "signer",
        .at = signed_at,
        .name = "Trần Văn An",
        .appearance =
            person_appearance({"Trần Văn An", {"Người ký: Trần Văn An", "08:05 1/7/2016"}}, 170, 71),
        .certifies = true,
    };
}

inline SignatureRequest sealing()
{
    return {
        .field = "agency",
        .at = signed_at + std::chrono::minutes{30},
        .name = "UBND xã Bình Hải",
        .appearance =
            seal_appearance({"Ủy ban nhân dân xã Bình Hải", "huyện Bình Sơn", {"08:35 1/7/2016"}}, 102, 102),
        .fields =
            {{.field = "number", .text = "05"},
             {.field = "issued_on", .text = "ngày 01 tháng 7 năm 2016", .size = 14, .italic = true}},
    };
}

inline Bytes signed_once() { return sign_pdf(paper_with_fields(), personal(), *office().chairman).value(); }
inline const Bytes& signed_twice()
{
    static const Bytes pdf = sign_pdf(signed_once(), sealing(), *office().agency).value();
    return pdf;
}

}  // namespace thien_an::documents::for_tests
