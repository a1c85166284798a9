#include <doctest/doctest.h>
#include <fmt/format.h>

#include "engine/documents/pdf_changes.h"
#include "engine/documents/pdf_update.h"
#include "engine/documents/signed_paper_for_tests.h"

/// Each trick known against signed PDFs, planted and found.
namespace thien_an::documents {
namespace {

using namespace for_tests;
using Object = QPDFObjectHandle;

/// What an attacker appends: `change` edits the structure.
template <typename Change>
Bytes attacked(ByteView pdf, Change change)
{
    auto update = PdfUpdate::of(pdf).value();
    change(update);
    const auto written = update.finish();
    return {written.pdf.begin(), written.pdf.end()};
}

Object first_page(PdfUpdate& update)
{
    return QPDFPageDocumentHelper(update.structure()).getAllPages().at(0).getObjectHandle();
}

Object field_named(PdfUpdate& update, const std::string& name)
{
    for (auto field : update.root().getKey("/AcroForm").getKey("/Fields").getArrayAsVector()) {
        if (field.getKey("/T").getUTF8Value() == name) return field;
    }
    FAIL("no field " << name);
    return Object::newNull();
}

/// The agency, in good faith, seals what the attacker made of the chairman's paper.
Bytes sealed_afterwards(ByteView pdf) { return sign_pdf(pdf, sealing(), *office().agency).value(); }

Later later_of_chairman(ByteView pdf)
{
    const auto report = verified(pdf);
    REQUIRE(report.signatures.size() == 2);
    CHECK(report.signatures[0].field == "signer");
    CHECK(report.signatures[0].genuine);
    CHECK_FALSE(report.valid());
    return report.signatures[0].later;
}

TEST_CASE("text replaced between two genuine signatures is found")
{
    const auto pdf = attacked(signed_once(), [](PdfUpdate& update) {
        auto content = first_page(update).getKey("/Contents");
        content.replaceStreamData("BT ET", Object::newNull(), Object::newNull());
        update.changed(content);
    });
    CHECK(later_of_chairman(sealed_afterwards(pdf)) == Later::content_changed);
}

TEST_CASE("a note laid over the page between two genuine signatures is found")
{
    const auto pdf = attacked(signed_once(), [](PdfUpdate& update) {
        auto page = first_page(update);
        auto list = page.getKey("/Annots").shallowCopy();
        list.appendItem(update.add(
            Object::parse("<< /Type /Annot /Subtype /FreeText /Rect [0 0 200 200] /Contents (x) >>")
        ));
        page.replaceKey("/Annots", list);
        update.changed(page);
    });
    CHECK(later_of_chairman(sealed_afterwards(pdf)) == Later::content_changed);
}

TEST_CASE("another first page between two genuine signatures is found")
{
    const auto pdf = attacked(signed_once(), [](PdfUpdate& update) {
        auto pages = update.root().getKey("/Pages");
        auto kids = Object::newArray({update.add(first_page(update).shallowCopy())});
        pages.replaceKey("/Kids", kids);
        update.changed(pages);
    });
    CHECK(later_of_chairman(sealed_afterwards(pdf)) == Later::content_changed);
}

TEST_CASE("the look of a signature changed afterwards is found")
{
    const auto pdf = attacked(signed_once(), [](PdfUpdate& update) {
        auto field = field_named(update, "signer");
        field.replaceKey("/AP", Object::newDictionary());
        update.changed(field);
    });
    CHECK(later_of_chairman(sealed_afterwards(pdf)) == Later::content_changed);
}

TEST_CASE("an action for opening the paper, added afterwards, is found")
{
    const auto pdf = attacked(signed_once(), [](PdfUpdate& update) {
        auto root = update.root();
        root.replaceKey("/OpenAction", Object::parse("<< /S /JavaScript /JS (x) >>"));
        update.changed(root);
    });
    CHECK(later_of_chairman(sealed_afterwards(pdf)) == Later::content_changed);
}

TEST_CASE("the number changed after the seal is found, also when somebody genuine signs once more")
{
    const auto pdf = attacked(signed_twice(), [](PdfUpdate& update) {
        auto field = field_named(update, "number");
        field.replaceKey("/V", Object::newUnicodeString("99"));
        update.changed(field);
    });
    for (const auto& one : verified(pdf).signatures) CHECK(one.later == Later::unsigned_bytes);
    const SignatureRequest third{.field = "extra", .at = signed_at, .name = "An"};
    const auto report = verified(sign_pdf(pdf, third, *office().chairman).value());
    REQUIRE(report.signatures.size() == 3);
    CHECK(report.signatures[1].later == Later::content_changed);
    CHECK_FALSE(report.valid());
}

TEST_CASE("a third genuine signature in its own field harms nobody")
{
    const SignatureRequest third{.field = "extra", .at = signed_at, .name = "An"};
    const auto report = verified(sign_pdf(signed_twice(), third, *office().chairman).value());
    CHECK(report.signatures.size() == 3);
    CHECK(report.valid());
}

TEST_CASE("a signature value copied elsewhere does not vouch for anything")
{
    const auto pdf = attacked(signed_once(), [](PdfUpdate& update) {
        auto field = field_named(update, "signer");
        field.replaceKey("/V", update.add(field.getKey("/V").shallowCopy()));
        update.changed(field);
    });
    const auto report = verified(pdf);
    REQUIRE(report.signatures.size() == 1);
    CHECK_FALSE(report.signatures[0].placed);
    CHECK_FALSE(report.valid());
}

TEST_CASE("a stranger's signature on top makes the whole not valid")
{
    const auto& good = office();
    const auto stranger = crypto::DemoAuthority::create(good.ring, "Nơi khác");
    const auto signer =
        crypto::server_signer(good.ring, stranger.issue(good.ring, {"Kẻ lạ", "X", ""})).value();
    const auto report =
        verified(sign_pdf(signed_twice(), {.field = "extra", .at = signed_at, .name = "x"}, *signer).value());
    REQUIRE(report.signatures.size() == 3);
    CHECK(report.signatures[1].valid());
    CHECK(report.signatures[2].chain == crypto::ChainState::unknown_issuer);
    CHECK_FALSE(report.valid());
}

TEST_CASE("a catalogue without the signatures, appended, leaves a PDF nobody signed")
{
    auto text = std::string(text_of(signed_twice()));
    const auto previous = text.substr(text.rfind("startxref") + 10);
    const auto at = text.size();
    text += "9000 0 obj\n<< /Type /Catalog /Pages 9001 0 R >>\nendobj\n";
    const auto pages = text.size();
    text += "9001 0 obj\n<< /Type /Pages /Kids [] /Count 0 >>\nendobj\n";
    const auto xref = text.size();
    text += fmt::format(
        "xref\n9000 2\n{:010} 00000 n \n{:010} 00000 n \ntrailer\n<< /Size 9002 /Root 9000 0 R /Prev {} "
        ">>\nstartxref\n{}\n%%EOF\n",
        at,
        pages,
        std::stoul(previous),
        xref
    );
    const auto report = verified(bytes_of(text));
    CHECK(report.signatures.empty());
    CHECK_FALSE(report.valid());
}

/// A small PDF whose page refers to an object that is not there.
std::string with_blank_left()
{
    std::string pdf = "%PDF-1.7\n";
    std::vector<std::size_t> offsets;
    for (const auto* body :
         {"<< /Type /Catalog /Pages 2 0 R >>",
          "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
          "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Resources << /XObject << /X 4 0 R >> >> >>"}) {
        offsets.push_back(pdf.size());
        pdf += fmt::format("{} 0 obj\n{}\nendobj\n", offsets.size(), body);
    }
    const auto xref = pdf.size();
    pdf += "xref\n0 4\n0000000000 65535 f \n";
    for (const auto offset : offsets) pdf += fmt::format("{:010} 00000 n \n", offset);
    return pdf + fmt::format("trailer\n<< /Size 4 /Root 1 0 R >>\nstartxref\n{}\n%%EOF\n", xref);
}

/// `pdf` with one more object of that number, appended.
std::string with_object(const std::string& pdf, int number)
{
    auto out = pdf + fmt::format("{} 0 obj\n<< /New true >>\nendobj\n", number);
    const auto xref = out.size();
    return out + fmt::format(
                     "xref\n{} 1\n{:010} 00000 n \ntrailer\n<< /Size {} /Root 1 0 R /Prev {} "
                     ">>\nstartxref\n{}\n%%EOF\n",
                     number,
                     pdf.size(),
                     number + 1,
                     pdf.find("xref"),
                     xref
                 );
}

TEST_CASE("a blank left before the signature and supplied after it is found")
{
    const auto before = with_blank_left();
    CHECK(only_signs_and_fills(before, with_object(before, 9)));
    CHECK_FALSE(only_signs_and_fills(before, with_object(before, 4)));
}

}  // namespace
}  // namespace thien_an::documents
