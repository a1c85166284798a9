#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/json.h"
#include "engine/base/problem.h"
#include "engine/base/result.h"

/// JSON Schema: draft 2020-12 for our own forms and formats, draft 7 for strangers'. `$schema` says which one.
namespace thien_an::casework {

/// One thing wrong with a document.
struct SchemaFault {
    std::string
        pointer;  ///< Into the document: "/child/born_on"; a missing member is named by its own pointer.
    std::string keyword;        ///< The keyword that said no: "minLength"; "false" for the schema false.
    const json::value* schema;  ///< The schema object holding the keyword; lives as long as the JsonSchema.
    std::vector<std::pair<std::string, std::string>> words;  ///< {"limit", "60"}, {"name", "born_on"}.
};

/// Documents a schema may refer to, by absolute URI without fragment.
using SchemaLibrary = std::map<std::string, json::value, std::less<>>;

/// A schema made ready to judge documents. Safe to use from many threads.
class JsonSchema {
public:
    /// Problems, each with the pointer of the place in `field`: "schema.bad_reference" (words reference),
    /// "schema.bad_pattern" (words pattern), "schema.unknown_dialect" (words dialect), "schema.bad_keyword".
    /// The metaschema of draft 7 is known without being in `library`.
    static Result<JsonSchema> compile(json::value document, const SchemaLibrary& library = {});

    JsonSchema(JsonSchema&&) noexcept;
    JsonSchema& operator=(JsonSchema&&) noexcept;
    ~JsonSchema();

    /// Everything wrong with `document`, in the order of the schema; at most `faults_max`.
    std::vector<SchemaFault> faults(const json::value& document, std::size_t faults_max = 200) const;
    bool accepts(const json::value& document) const;
    /// Whether one schema of `document()` (a place inside it that is a schema) accepts a value.
    bool accepts_at(const json::value& schema, const json::value& document) const;
    const json::value& document() const;

    struct Compiled;

private:
    explicit JsonSchema(std::unique_ptr<Compiled> compiled);
    std::unique_ptr<Compiled> compiled_;
};

/// Whether `text` has the shape `format` names. Formats not known here are accepted, as the drafts say:
/// idn-email, idn-hostname, iri, iri-reference and uri-template are among those.
bool has_format(std::string_view text, std::string_view format);

}  // namespace thien_an::casework
