#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/workflow/model.h"

/// Reads BPMN's XML into a Model, refusing what it does not know; used by Process::load alone.
namespace thien_an::workflow {

/// Without white space at the ends.
std::string trimmed(std::string_view text);

class BpmnReader {
public:
    BpmnReader(std::string_view file, const Vocabulary& vocabulary) : file_(file), vocabulary_(vocabulary) {}

    /// Null when something was wrong; findings() says what.
    std::unique_ptr<Model> read(const xml::Element& definitions);
    std::vector<Finding>& findings() { return findings_; }

private:
    using Words = std::vector<std::pair<std::string, std::string>>;

    // bpmn_reader.cpp: the tree of elements.
    void read_root_element(const xml::Element& e);
    void read_process(const xml::Element& process);
    void read_flow_elements(const xml::Element& container, int scope);
    void read_node(const xml::Element& e, int scope, NodeKind kind);
    void read_flow(const xml::Element& e, int scope);
    void read_lanes(const xml::Element& lane_set);
    void read_event(const xml::Element& e, NodeModel& node);
    void read_event_definition(const xml::Element& definition, NodeModel& node);
    void read_timer(const xml::Element& definition, NodeModel& node);
    void read_timer_text(const xml::Element& e, NodeModel& node);
    void read_task(const xml::Element& e, NodeModel& node);
    void check_attributes(const xml::Element& e);
    void check_children(const xml::Element& e);
    void link();
    void link_flows();
    void link_boundaries();
    void check_structure();
    void check_node(const NodeModel& node);
    void read_diagram(const xml::Element& definitions);

    // bpmn_extension.cpp: what we add.
    void read_extensions(const xml::Element& e, NodeModel& node);
    /// `<ta:name en="Receive"/>` of the element: its name in English, empty when it has none.
    std::string english_name(const xml::Element& e);
    void read_process_extensions(const xml::Element& process);
    void read_extension(const xml::Element& x, NodeModel& node);
    void read_action(const xml::Element& x, NodeModel& node);
    void read_clock(const xml::Element& x, NodeModel& node);
    void read_budget(const xml::Element& x, NodeModel& node);
    void read_outcome(const xml::Element& x, NodeModel& node);
    void read_lane_extensions(const xml::Element& lane, LaneModel& into);
    void expect_attributes(const xml::Element& x, std::initializer_list<std::string_view> allowed);
    void check_post_names(const feel::Expression& expression, const xml::Element& x);
    void check_variable(const std::string& name, const xml::Element& x);
    void check_tasks_named(const xml::Element& x, const std::vector<std::string>& ids);

    feel::Expression compile(std::string_view text, const xml::Element& at);
    std::string resolved(
        const xml::Element& e, std::string_view attribute, const std::map<std::string, std::string>& known
    );
    void wrong(const xml::Element& e, std::string code, Words words = {});
    void wrong_at(int line, std::string element, std::string code, Words words = {});

    std::string file_;
    const Vocabulary& vocabulary_;
    std::unique_ptr<Model> model_;
    std::vector<Finding> findings_;
    std::map<std::string, std::string> messages_;  ///< Id to name.
    std::map<std::string, std::string> errors_;    ///< Id to code.
    std::map<std::string, int> lines_;             ///< Every id seen, for doubles.
    struct PendingFlow {
        std::string source, target;
    };
    std::vector<PendingFlow> pending_flows_;
    std::map<int, std::string> pending_defaults_;
    std::map<int, std::string> pending_attached_;
    std::vector<std::pair<int, std::vector<std::string>>> pending_tasks_;  ///< Line, ids of user tasks named.
    std::map<std::string, feel::Expression> lane_candidates_;
    std::vector<std::pair<std::string, std::vector<std::string>>> lane_nodes_;
    feel::Names names_;
};

}  // namespace thien_an::workflow
