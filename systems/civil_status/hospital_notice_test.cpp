#include "systems/civil_status/hospital_notice.h"

#include <doctest/doctest.h>

#include "engine/base/bytes.h"

namespace thien_an::civil_status {
namespace {

using namespace std::chrono_literals;

const Instant now = at(Day{2026y / 7 / 1}, Minutes{480});

const std::string xml9 = R"(<?xml version="1.0" encoding="UTF-8"?>
<CHI_TIEU_DU_LIEU_GIAY_CHUNG_SINH><DSACH_GIAYCHUNGSINH><DU_LIEU_GIAY_CHUNG_SINH>
<MA_LK>51001_2606_77</MA_LK><HO_TEN_NND>PHẠM THỊ VY</HO_TEN_NND><NGAYSINH_NND>19910520</NGAYSINH_NND>
<MA_DANTOC_NND>19</MA_DANTOC_NND><SO_CCCD_NND>051191000111</SO_CCCD_NND><NOI_CU_TRU_NND>Thôn Liên Hiệp</NOI_CU_TRU_NND>
<MA_QUOCTICH>000</MA_QUOCTICH><MAXA_CU_TRU>21172</MAXA_CU_TRU><HO_TEN_CHA>Nguyễn Hữu Thọ</HO_TEN_CHA>
<HO_TEN_CON></HO_TEN_CON><GIOI_TINH_CON>2</GIOI_TINH_CON><CAN_NANG_CON>3100</CAN_NANG_CON>
<NGAY_SINH_CON>202606200315</NGAY_SINH_CON><NOI_SINH_CON>phường Nghĩa Lộ, tỉnh Quảng Ngãi</NOI_SINH_CON>
<NGAY_CT>20260621</NGAY_CT><SO>215</SO><QUYEN_SO>02</QUYEN_SO>
</DU_LIEU_GIAY_CHUNG_SINH></DSACH_GIAYCHUNGSINH></CHI_TIEU_DU_LIEU_GIAY_CHUNG_SINH>)";

const std::string bundle = R"({
 "resourceType": "Bundle", "type": "document",
 "entry": [
  {"fullUrl": "urn:uuid:1", "resource": {"resourceType": "Composition", "identifier": {"value": "215/2026"}, "date": "2026-06-21", "subject": {"reference": "urn:uuid:2"}}},
  {"fullUrl": "urn:uuid:2", "resource": {"resourceType": "Patient", "gender": "female", "birthDate": "2026-06-20",
    "_birthDate": {"extension": [{"url": "http://hl7.org/fhir/StructureDefinition/patient-birthTime", "valueDateTime": "2026-06-20T03:15:00+07:00"}]},
    "extension": [{"url": "http://hl7.org/fhir/StructureDefinition/patient-birthPlace", "valueAddress": {"text": "phường Nghĩa Lộ, tỉnh Quảng Ngãi"}}]}},
  {"fullUrl": "urn:uuid:3", "resource": {"resourceType": "RelatedPerson", "patient": {"reference": "urn:uuid:2"},
    "relationship": [{"coding": [{"system": "http://terminology.hl7.org/CodeSystem/v3-RoleCode", "code": "MTH"}]}],
    "name": [{"family": "Phạm", "given": ["Thị", "Vy"]}], "gender": "female", "birthDate": "1991-05-20",
    "identifier": [{"value": "051191000111"}], "telecom": [{"system": "phone", "value": "0905000111"}],
    "address": [{"text": "Thôn Liên Hiệp", "country": "VN", "extension": [{"url": "urn:vn:commune", "valueCode": "21172"}, {"url": "https://fhir.example.vn/commune", "valueCode": "21172"}]}],
    "extension": [{"url": "https://fhir.example.vn/ethnicity", "valueCode": "19"}]}},
  {"resource": {"resourceType": "Organization", "identifier": [{"value": "51001"}], "name": "Bệnh viện Sản - Nhi tỉnh Quảng Ngãi"}},
  {"resource": {"resourceType": "Observation", "code": {"coding": [{"system": "http://loinc.org", "code": "8339-4"}]}, "valueQuantity": {"value": 3.1, "code": "kg"}}}
 ]})";

json::value changed(std::string_view pointer, json::value to)
{
    auto v = json::parse(bundle).value();
    json::set(v, pointer, std::move(to));
    return v;
}

std::string replaced(std::string text, std::string_view before, std::string_view after)
{
    const auto found = text.find(before);
    REQUIRE(found != std::string::npos);
    return text.replace(found, before.size(), after);
}

}  // namespace

TEST_CASE("a record of table 9 says mother, child and hour")
{
    const auto notice = notice_from_xml9(xml9, "51001").value();
    CHECK(notice.number == "215/02");
    CHECK(notice.facility_code == "51001");
    CHECK(notice.mother.full_name == "PHẠM THỊ VY");
    CHECK(iso(*notice.mother.born_on) == "1991-05-20");
    CHECK(notice.mother.ethnicity == "19");
    CHECK(notice.mother.nationality == "VN");
    CHECK(notice.mother.unit == "21172");
    CHECK(notice.subject.sex == "female");
    CHECK(iso(notice.at) == "2026-06-20T03:15:00+07:00");
    CHECK(notice.weight_grams == 3100);
    CHECK(notice.father_name == "Nguyễn Hữu Thọ");
    CHECK(check_notice(notice, now));
}

TEST_CASE("table 9 comes in its envelope too, with the facility's code")
{
    const auto inner = base64(bytes_of(xml9));
    const auto envelope =
        "<GIAMDINHHS><THONGTINDONVI><MACSKCB>51002</MACSKCB></THONGTINDONVI><THONGTINHOSO><DANHSACHHOSO>"
        "<HOSO><FILEHOSO><LOAIHOSO>XML9</LOAIHOSO><NOIDUNGFILE>" +
        inner.substr(0, 60) + "\n" + inner.substr(60) +
        "</NOIDUNGFILE></FILEHOSO></HOSO></DANHSACHHOSO></THONGTINHOSO></GIAMDINHHS>";
    const auto notice = notice_from_xml9(envelope, "").value();
    CHECK(notice.facility_code == "51002");
    CHECK(notice.number == "215/02");
    const auto broken = replaced(envelope, inner.substr(0, 60), "***");
    CHECK(notice_from_xml9(broken, "").problem().code == "civil_status.notice_bad_value");
}

TEST_CASE("what is wrong in table 9 is named by its field")
{
    const auto fault = [](std::string_view before, std::string_view after) {
        const auto read = notice_from_xml9(replaced(xml9, before, after), "51001");
        if (!read) return read.problem().code + " " + read.problem().field;
        const auto checked = check_notice(read.value(), now);
        return checked ? std::string("good") : checked.problem().code + " " + checked.problem().field;
    };
    CHECK(fault("202606200315", "202606202515") == "civil_status.notice_bad_value /NGAY_SINH_CON");
    CHECK(fault("202606200315", "202602300315") == "civil_status.notice_bad_value /NGAY_SINH_CON");
    CHECK(fault("202606200315", "202607020315") == "civil_status.notice_in_future /NGAY_SINH_CON");
    CHECK(fault("202606200315", "20260620") == "good");
    CHECK(fault("PHẠM THỊ VY", "") == "civil_status.notice_missing /HO_TEN_NND");
    CHECK(fault("<GIOI_TINH_CON>2", "<GIOI_TINH_CON>7") == "civil_status.notice_bad_value /GIOI_TINH_CON");
    CHECK(fault("<GIOI_TINH_CON>2", "<GIOI_TINH_CON>") == "civil_status.notice_missing /GIOI_TINH_CON");
    CHECK(fault("051191000111", "0511 91") == "civil_status.notice_bad_value /SO_CCCD_NND");
    CHECK(fault(">3100<", ">3100g<") == "civil_status.notice_bad_value /CAN_NANG_CON");
    CHECK(fault("19910520", "19910000") == "good");
    CHECK(fault("19910520", "") == "civil_status.notice_missing /NGAYSINH_NND");
    CHECK(notice_from_xml9("<a/>", "51001").problem().code == "civil_status.notice_not_xml9");
    CHECK(notice_from_xml9("<a>", "51001").problem().code == "xml.syntax");
    CHECK(
        notice_from_xml9("<!DOCTYPE a [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><a>&x;</a>", "51001")
            .problem()
            .code == "xml.doctype"
    );
    const std::string record = "<R><HO_TEN_NND>a</HO_TEN_NND><NGAY_SINH_CON>20260620</NGAY_SINH_CON></R>";
    CHECK(
        notice_from_xml9("<D>" + record + record + "</D>", "5").problem().code ==
        "civil_status.notice_not_one"
    );
}

TEST_CASE("a FHIR bundle says the same")
{
    const auto notice = notice_from_fhir(json::parse(bundle).value(), NoticeKind::birth).value();
    CHECK(notice.number == "215/2026");
    CHECK(notice.facility_code == "51001");
    CHECK(notice.facility_name == "Bệnh viện Sản - Nhi tỉnh Quảng Ngãi");
    CHECK(notice.mother.full_name == "Phạm Thị Vy");
    CHECK(notice.mother.identity_number == "051191000111");
    CHECK(notice.mother.ethnicity == "19");
    CHECK(notice.mother.unit == "21172");
    CHECK(notice.mother.phone == "0905000111");
    CHECK(notice.subject.sex == "female");
    CHECK(iso(notice.at) == "2026-06-20T03:15:00+07:00");
    CHECK(notice.weight_grams == 3100);
    CHECK(notice.place == "phường Nghĩa Lộ, tỉnh Quảng Ngãi");
    CHECK(iso(*notice.issued_on) == "2026-06-21");
    CHECK(check_notice(notice, now));
}

TEST_CASE("what is wrong in a bundle is named by its place")
{
    const auto fault = [](const json::value& v, NoticeKind kind = NoticeKind::birth) {
        const auto read = notice_from_fhir(v, kind);
        if (!read) return read.problem().code + " " + read.problem().field;
        const auto checked = check_notice(read.value(), now);
        return checked ? std::string("good") : checked.problem().code + " " + checked.problem().field;
    };
    CHECK(fault(json::object{}) == "civil_status.notice_not_a_bundle /resourceType");
    CHECK(fault(changed("/entry", json::array{})) == "civil_status.notice_no_subject /entry");
    CHECK(
        fault(changed("/entry/1/resource/gender", "girl")) ==
        "civil_status.notice_bad_value /entry/1/resource/gender"
    );
    CHECK(
        fault(changed("/entry/2/resource/birthDate", "1991-13-01")) ==
        "civil_status.notice_bad_value /entry/2/resource/birthDate"
    );
    CHECK(fault(changed("/entry/2/resource/birthDate", "1991-05")) == "good");
    CHECK(
        fault(changed("/entry/2/resource/name/0", json::object{})) ==
        "civil_status.notice_missing /entry/2/resource/name"
    );
    CHECK(
        fault(changed("/entry/2/resource/relationship", json::array{})) ==
        "civil_status.notice_no_mother /entry"
    );
    CHECK(
        fault(changed("/entry/4/resource/valueQuantity/code", "lb")) ==
        "civil_status.notice_bad_value /entry/4/resource/valueQuantity"
    );
    CHECK(
        fault(changed("/entry/3/resource/identifier", json::array{})) ==
        "civil_status.notice_missing /entry/3/resource/identifier/0/value"
    );
    CHECK(
        fault(json::parse(bundle).value(), NoticeKind::death) ==
        "civil_status.notice_missing /entry/1/resource/deceasedDateTime"
    );
}

TEST_CASE("a death comes as a bundle with its hour and cause")
{
    auto v = json::parse(R"({"resourceType": "Bundle", "identifier": {"value": "17/2026"}, "entry": [
      {"resource": {"resourceType": "Patient", "name": [{"text": "Lê Văn Năm"}], "gender": "male", "birthDate": "1950",
        "identifier": [{"value": "212000333"}], "deceasedDateTime": "2026-06-20T03:15:00+07:00"}},
      {"resource": {"resourceType": "Organization", "identifier": [{"value": "51001"}]}},
      {"resource": {"resourceType": "Observation", "code": {"coding": [{"code": "69453-9"}]}, "valueCodeableConcept": {"text": "Suy tim"}}}
    ]})")
                 .value();
    const auto notice = notice_from_fhir(v, NoticeKind::death).value();
    CHECK(notice.subject.full_name == "Lê Văn Năm");
    CHECK(notice.subject.birth_year == 1950);
    CHECK(notice.cause == "Suy tim");
    CHECK(notice.number == "17/2026");
    CHECK(check_notice(notice, now));
}

TEST_CASE("a notice is kept as it came")
{
    auto notice = notice_from_fhir(json::parse(bundle).value(), NoticeKind::birth).value();
    notice.places.clear();
    const auto value = notice_value(notice);
    CHECK(notice_value(notice_of_value(json::value(value))) == value);
}

}  // namespace thien_an::civil_status
