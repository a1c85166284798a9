#pragma once

#include "engine/workflow/dmn_graph.h"

/// Reads DMN's XML into a graph; used by Decisions::load alone.
namespace thien_an::workflow {

class DmnLoader {
public:
    explicit DmnLoader(bool lenient) : lenient_(lenient) {}

    void add_file(const std::string& file, const xml::Element& definitions);
    /// After all files: resolves references and compiles.
    void link();
    void refuse_circles();
    std::unique_ptr<DecisionGraph> take() { return std::move(graph_); }
    std::vector<Finding>& findings() { return findings_; }

private:
    struct File {
        std::string name;
        std::string space;
        const xml::Element* definitions = nullptr;
        std::map<std::string, std::string> imports;  ///< Namespace to name.
    };
    using Scope = std::vector<std::string>;

    void read_elements(const File& file);
    void link_element(std::size_t index, const xml::Element& e, const File& file);
    void add_need(DrgElement& element, const xml::Element& requirement, const File& file);
    int resolve(const std::string& href, const File& file);
    void link_service(DrgElement& element, const xml::Element& e, const File& file);

    std::unique_ptr<Box> compile_body(const xml::Element& parent, const Scope& scope);
    std::unique_ptr<Box> compile_box(const xml::Element& e, const Scope& scope);
    void compile_context(const xml::Element& e, Scope scope, Box& box);
    void compile_relation(const xml::Element& e, const Scope& scope, Box& box);
    void compile_invocation(const xml::Element& e, const Scope& scope, Box& box);
    void compile_function(const xml::Element& e, Scope scope, Box& box);
    void compile_filter(const xml::Element& e, Scope scope, Box& box);
    void compile_loop(const xml::Element& e, Scope scope, Box& box);
    std::unique_ptr<DecisionTable> compile_table(const xml::Element& e, const Scope& scope);
    void compile_table_input(const xml::Element& e, const Scope& scope, DecisionTable& table);
    void compile_table_output(const xml::Element& e, const Scope& scope, DecisionTable& table);
    void compile_table_rule(const xml::Element& e, const Scope& scope, DecisionTable& table);
    feel::Expression compile(
        std::string_view text, const xml::Element& at, const Scope& scope, bool tests = false
    );

    feel::TypePtr type_named(const std::string& name);
    feel::TypePtr read_type(const xml::Element& item);
    void collect_members(const xml::Element& e);
    void wrong(
        const xml::Element& e, std::string code, std::vector<std::pair<std::string, std::string>> words = {}
    );

    bool lenient_;
    std::unique_ptr<DecisionGraph> graph_ = std::make_unique<DecisionGraph>();
    std::vector<Finding> findings_;
    std::vector<File> files_;
    std::vector<const xml::Element*> sources_;  ///< One an element of the graph.
    std::vector<std::size_t> file_of_;
    std::map<std::string, const xml::Element*> items_;  ///< Item definitions by name, with import prefix.
    std::map<std::string, feel::TypePtr> types_;
    std::vector<std::string> members_;
    std::string file_;     ///< Being compiled.
    std::string prefix_;   ///< Of types, in an imported file.
    bool failed_ = false;  ///< Something of the element being compiled is broken.
};

}  // namespace thien_an::workflow
