#include "engine/documents/paper.h"

#include <cairo-pdf.h>

#include <algorithm>

#include "engine/documents/paper_build.h"

namespace thien_an::documents {
namespace {

struct Sheet {
    double width;
    double height;
    double top;
    double right;
    double bottom;
    double left;
};

Sheet sheet_of(const xml::Element& root)
{
    const bool a5 = root.attribute("size") == "A5";
    Sheet sheet{(a5 ? 148 : 210) * points_per_mm, (a5 ? 210 : 297) * points_per_mm, 20, 15, 20, 30};
    if (yes(root, "landscape")) std::swap(sheet.width, sheet.height);
    const auto margin = root.attribute("margin");
    if (!margin.empty()) {
        std::vector<double> four;
        for (std::size_t at = 0; at < margin.size();) {
            std::size_t used = 0;
            four.push_back(std::stod(margin.substr(at), &used));
            at += used;
        }
        sheet.top = four.at(0);
        sheet.right = four.at(1);
        sheet.bottom = four.at(2);
        sheet.left = four.at(3);
    }
    for (auto* side : {&sheet.top, &sheet.right, &sheet.bottom, &sheet.left}) *side *= points_per_mm;
    return sheet;
}

/// The PDF being written, page after page.
class Press {
public:
    Press(
        const Sheet& sheet,
        const DrawRequest& request,
        const std::string& title,
        bool numbers,
        PangoContext* context
    )
        : sheet_(sheet),
          request_(&request),
          numbers_(numbers),
          context_(context),
          surface_(cairo_pdf_surface_create_for_stream(append, &pdf_, sheet.width, sheet.height)),
          cairo_(cairo_create(surface_))
    {
        const auto created = iso(request.created);
        cairo_pdf_surface_restrict_to_version(surface_, CAIRO_PDF_VERSION_1_5);
        cairo_pdf_surface_set_metadata(surface_, CAIRO_PDF_METADATA_TITLE, title.c_str());
        cairo_pdf_surface_set_metadata(surface_, CAIRO_PDF_METADATA_CREATOR, "Thien An");
        cairo_pdf_surface_set_metadata(surface_, CAIRO_PDF_METADATA_CREATE_DATE, created.c_str());
        cairo_pdf_surface_set_metadata(surface_, CAIRO_PDF_METADATA_MOD_DATE, created.c_str());
        canvas_.cairo = cairo_;
        canvas_.use = request.use;
        canvas_.page_height = sheet.height;
    }
    ~Press()
    {
        if (cairo_ != nullptr) close();
    }
    Press(const Press&) = delete;
    Press& operator=(const Press&) = delete;

    void page(const Stack& stack)
    {
        start_page();
        double y = sheet_.top;
        for (const auto& block : stack.blocks) {
            if (block->placed()) {
                block->draw_piece(0, canvas_, 0, 0);
                continue;
            }
            y += y > sheet_.top ? block->before : 0;
            y = flow(*block, y) + block->after;
        }
    }

    DrawnPaper finish()
    {
        const int pages = pages_;
        close();
        if (!failed_.empty()) throw std::runtime_error("cairo: " + failed_);
        // Cairo 1.16 writes versions up to 1.5 and nothing a 1.7 reader would see differently; signatures with
        // ETSI.CAdES.detached belong to 1.7 and later.
        constexpr std::string_view older = "%PDF-1.5";
        if (!text_of(pdf_).starts_with(older)) throw std::runtime_error("cairo wrote another PDF version");
        pdf_[7] = '7';
        return {std::move(pdf_), std::move(canvas_.places), pages};
    }

private:
    static cairo_status_t append(void* closure, const unsigned char* data, unsigned int length)
    {
        auto& pdf = *static_cast<Bytes*>(closure);
        pdf.insert(pdf.end(), data, data + length);
        return CAIRO_STATUS_SUCCESS;
    }

    void close()
    {
        if (pages_ > 0) cairo_show_page(cairo_);
        const auto status = cairo_status(cairo_);
        cairo_destroy(cairo_);
        cairo_surface_finish(surface_);
        const auto finished = cairo_surface_status(surface_);
        cairo_surface_destroy(surface_);
        cairo_ = nullptr;
        surface_ = nullptr;
        if (status != CAIRO_STATUS_SUCCESS || finished != CAIRO_STATUS_SUCCESS) {
            failed_ = cairo_status_to_string(status != CAIRO_STATUS_SUCCESS ? status : finished);
        }
    }

    void start_page()
    {
        if (pages_ > 0) cairo_show_page(cairo_);
        canvas_.page = pages_++;
        cairo_identity_matrix(cairo_);
        if (request_->use == PaperUse::form) {
            cairo_translate(
                cairo_, request_->offset_x_mm * points_per_mm, request_->offset_y_mm * points_per_mm
            );
        }
        if (numbers_ && pages_ > 1 && canvas_.fixed_parts()) draw_number();
    }

    void draw_number()
    {
        const TextLook look{.size = 13, .align = "center"};
        const auto block = paragraph_block(
            context_, {.runs = {{.text = std::to_string(pages_)}}, .look = look}, sheet_.width
        );
        block->draw_piece(0, canvas_, 0, sheet_.top / 2);
    }

    double flow(const Block& block, double y)
    {
        const double bottom = sheet_.height - sheet_.bottom;
        for (std::size_t i = 0; i < block.pieces(); ++i) {
            if (y + block.piece_height(i) > bottom + 0.5 && y > sheet_.top) {
                start_page();
                y = sheet_.top;
                for (std::size_t head = 0; i > 0 && head < block.repeated(); ++head)
                    y = piece(block, head, y);
            }
            y = piece(block, i, y);
        }
        return y;
    }

    double piece(const Block& block, std::size_t i, double y)
    {
        block.draw_piece(i, canvas_, sheet_.left, y);
        return y + block.piece_height(i);
    }

    Sheet sheet_;
    const DrawRequest* request_;
    bool numbers_;
    PangoContext* context_;
    Bytes pdf_;
    cairo_surface_t* surface_;
    cairo_t* cairo_;
    Canvas canvas_;
    int pages_ = 0;
    std::string failed_;
};

}  // namespace

Result<Paper> Paper::read(std::string_view xml, std::string_view file)
{
    auto parsed = xml::parse(xml);
    if (!parsed) {
        auto problem = parsed.problem();
        problem.words.insert(problem.words.begin(), {"file", std::string(file)});
        return problem;
    }
    Paper paper;
    paper.root_ = std::move(parsed).value();
    paper.file_ = file;
    const auto asked = TRY(check_grammar(*paper.root_, file));
    paper.values_.insert(asked.values.begin(), asked.values.end());
    paper.pictures_.insert(asked.pictures.begin(), asked.pictures.end());
    return paper;
}

Result<DrawnPaper> draw(const Paper& paper, const DrawRequest& request)
{
    const auto& root = paper.root();
    const auto sheet = sheet_of(root);
    const auto context = text_context();
    const Values values{request.values};
    Builder builder{paper, request, context.get()};
    const auto title = TRY(builder.filled(root, root.attribute("title"), values));
    std::vector<Stack> stacks;
    for (const auto* page : root.children()) {
        if (!TRY(builder.kept(*page, values))) continue;
        stacks.push_back(
            TRY(builder.stack(*page, values, std::max(1.0, sheet.width - sheet.left - sheet.right)))
        );
    }
    Press press{sheet, request, title, yes(root, "numbers"), context.get()};
    for (const auto& stack : stacks) press.page(stack);
    return press.finish();
}

}  // namespace thien_an::documents
