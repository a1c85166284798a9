#include <cairo-pdf.h>
#include <fmt/format.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <pango/pangocairo.h>
#include <sqlite3.h>

#include <chrono>
#include <iostream>
#include <stdexcept>
#include <string>

/// What one certificate would cost with nothing around it, on one thread, one line of JSON: a page of as many lines as a
/// certificate of birth has, drawn by pango and cairo into a PDF in memory; two P-256 signatures over it; one row of a
/// durable COMMIT.
///   thienan_paper_yardstick FOLDER SECONDS
namespace {

using Steady = std::chrono::steady_clock;

constexpr int lines = 32;
constexpr const char* line_text = "Họ, chữ đệm, tên: Nguyễn Thị Trà Giang, xã Ba Tô, tỉnh Quảng Ngãi";

cairo_status_t append(void* to, const unsigned char* bytes, unsigned int size)
{
    static_cast<std::string*>(to)->append(reinterpret_cast<const char*>(bytes), size);
    return CAIRO_STATUS_SUCCESS;
}

std::string page()
{
    constexpr double a4_width = 595;
    constexpr double a4_height = 842;
    constexpr double margin = 60;
    constexpr double step = 22;
    std::string pdf;
    cairo_surface_t* surface = cairo_pdf_surface_create_for_stream(append, &pdf, a4_width, a4_height);
    cairo_t* pen = cairo_create(surface);
    PangoLayout* layout = pango_cairo_create_layout(pen);
    PangoFontDescription* font = pango_font_description_from_string("Liberation Serif 12");
    pango_layout_set_font_description(layout, font);
    for (int i = 0; i < lines; ++i) {
        pango_layout_set_text(layout, line_text, -1);
        cairo_move_to(pen, margin, margin + i * step);
        pango_cairo_show_layout(pen, layout);
    }
    pango_font_description_free(font);
    g_object_unref(layout);
    cairo_destroy(pen);
    cairo_surface_finish(surface);
    cairo_surface_destroy(surface);
    return pdf;
}

void signature(EVP_PKEY* key, const std::string& pdf)
{
    EVP_MD_CTX* context = EVP_MD_CTX_new();
    std::size_t size = 0;
    const auto* bytes = reinterpret_cast<const unsigned char*>(pdf.data());
    std::string made;
    bool well = EVP_DigestSignInit(context, nullptr, EVP_sha256(), nullptr, key) == 1 &&
                EVP_DigestSign(context, nullptr, &size, bytes, pdf.size()) == 1;
    made.resize(size);
    well =
        well &&
        EVP_DigestSign(context, reinterpret_cast<unsigned char*>(made.data()), &size, bytes, pdf.size()) == 1;
    EVP_MD_CTX_free(context);
    if (!well) throw std::runtime_error("cannot sign");
}

void run(sqlite3* db, const char* sql)
{
    if (sqlite3_exec(db, sql, nullptr, nullptr, nullptr) != SQLITE_OK)
        throw std::runtime_error(sqlite3_errmsg(db));
}

void yardstick(const std::string& folder, std::chrono::seconds lasts)
{
    sqlite3* db = nullptr;
    if (sqlite3_open((folder + "/paper_yardstick.db").c_str(), &db) != SQLITE_OK)
        throw std::runtime_error("cannot open the yardstick's database");
    run(db,
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
        "CREATE TABLE yardstick (id INTEGER PRIMARY KEY, entry TEXT NOT NULL) STRICT;");
    EVP_PKEY* key = EVP_EC_gen("P-256");
    std::size_t bytes = 0;
    std::int64_t count = 0;
    double drawing = 0;
    const auto seconds = [](Steady::time_point from) {
        return std::chrono::duration<double>(Steady::now() - from).count();
    };
    static_cast<void>(page());  // Fonts are read once.
    const auto began = Steady::now();
    for (; Steady::now() - began < lasts; ++count) {
        const auto from = Steady::now();
        const auto pdf = page();
        drawing += seconds(from);
        bytes = pdf.size();
        signature(key, pdf);
        signature(key, pdf);
        run(db, "INSERT INTO yardstick (entry) VALUES ('Nguyễn Thị Trà Giang')");
    }
    const auto took = seconds(began);
    EVP_PKEY_free(key);
    sqlite3_close(db);
    std::cout << fmt::format(
                     R"({{"pages_a_second":{:.1f},"whole_a_second":{:.1f},"bytes":{}}})",
                     double(count) / drawing,
                     double(count) / took,
                     bytes
                 )
              << "\n";
}

}  // namespace

int main(int count, char** words)
{
    if (count != 3) {
        std::cerr << "usage: thienan_paper_yardstick FOLDER SECONDS\n";
        return 2;
    }
    try {
        yardstick(words[1], std::chrono::seconds{std::stoi(words[2])});
        return 0;
    } catch (const std::exception& fault) {
        std::cerr << "yardstick: " << fault.what() << "\n";
        return 1;
    }
}
