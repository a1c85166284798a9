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
/// A reference without the prefix of its namespace.
std::string local_name(std::string_view reference);

class BpmnReader {
public:
    BpmnReader(std::string_view file, const Vocabulary& vocabulary) : file_(file), vocabulary_(vocabulary) {}

    /// The process `wanted`, or the one nobody in the file calls. Null when something was wrong; findings() says what.
    std::unique_ptr<Model> read(const xml::Element& definitions, std::string_view wanted = "");
    /// Ids of the executable processes that nobody in the file calls.
    static std::vector<std::string> mains(const xml::Element& definitions);
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
    void read_task(const xml::Element& e, NodeModel& node);
    void read_script(const xml::Element& e, NodeModel& node);
    void read_subprocess(const xml::Element& e, NodeModel& node);
    void read_names(const xml::Element& definitions, const xml::Element& process);
    void read_called(const std::string& id);
    int quantity(const xml::Element& e, std::string_view attribute);
    void check_attributes(const xml::Element& e);
    void check_children(const xml::Element& e);
    void read_diagram(const xml::Element& definitions);

    // bpmn_events.cpp: event definitions.
    void read_event(const xml::Element& e, NodeModel& node);
    bool may_have(const NodeModel& node, EventKind kind) const;
    EventSpec event_definition(const xml::Element& definition, const NodeModel& node);
    void read_timer(const xml::Element& definition, EventSpec& event);
    void read_timer_text(const xml::Element& e, EventSpec& event);

    // bpmn_loops.cpp: what repeats, and what is called.
    void read_loop(const xml::Element& e, NodeModel& node);
    void read_multi_instance(const xml::Element& x, LoopSpec& loop);
    void read_call(const xml::Element& e, NodeModel& node);

    // bpmn_link.cpp: references between elements.
    void link();
    void link_lanes();
    void link_flows();
    void link_boundaries();
    void link_compensation();
    void link_links();
    void range_flows();

    // bpmn_rules.cpp: the standard's static rules.
    void check_structure();
    void check_node(const NodeModel& node);
    void check_start(const NodeModel& node);
    void check_boundary(const NodeModel& node);
    void check_event_gateway(const NodeModel& node);
    void check_binding(const NodeModel& node);
    void check_scope(int scope);
    void check_conditions();

    // bpmn_extension.cpp: what we add.
    void read_extensions(const xml::Element& e, NodeModel& node);
    /// `<ta:name en="Receive"/>` of the element: its name in English, empty when it has none.
    std::string english_name(const xml::Element& e);
    void read_process_extensions(const xml::Element& process);
    void read_extension(const xml::Element& x, NodeModel& node);
    void read_action(const xml::Element& x, NodeModel& node);
    void read_clock(const xml::Element& x, NodeModel& node);
    void read_each(const xml::Element& x, LoopSpec& loop);
    void read_mapping(
        const xml::Element& x,
        std::vector<std::pair<std::string, feel::Expression>>& in,
        std::vector<ActionSpec::Out>& out
    );
    void read_budget(const xml::Element& x, NodeModel& node);
    void read_outcome(const xml::Element& x, NodeModel& node);
    void read_lane_extensions(const xml::Element& lane, LaneModel& into);
    void expect_attributes(const xml::Element& x, std::initializer_list<std::string_view> allowed);
    void check_post_names(const feel::Expression& expression, const xml::Element& x);
    void check_variable(const std::string& name, const xml::Element& x);
    void check_tasks_named(const xml::Element& x, const std::vector<std::string>& ids);

    // bpmn_constraints.cpp: rules about what is drawn and described.
    void check_constraints(const xml::Element& definitions);
    void read_operations(const xml::Element& interface);
    void check_tree(const xml::Element& e);
    void check_resources(const xml::Element& e);
    void check_data(const xml::Element& e);
    void check_message_data(const xml::Element& task);
    void check_association(const xml::Element& association);
    void read_data_items(const xml::Element& e);
    void check_call_data(const xml::Element& call);
    void check_event_data(const xml::Element& event);
    void check_collaboration(const xml::Element& definitions, const xml::Element& collaboration);
    void check_listed_flows(const xml::Element& e, const NodeModel& node);
    bool same_item(const std::string& one, const std::string& other) const;

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
    std::map<std::string, std::string> messages_;     ///< Id to name.
    std::map<std::string, std::string> signals_;      ///< Id to name.
    std::map<std::string, std::string> errors_;       ///< Id to code.
    std::set<std::string> has_code_;                  ///< Codes of errors and escalations the file gives.
    std::map<std::string, std::string> escalations_;  ///< Id to code.
    std::map<std::string, const xml::Element*> definitions_;  ///< Event definitions of the root, by id.
    std::map<std::string, const xml::Element*> callable_;     ///< Processes and global tasks, by id.
    std::map<std::string, const xml::Element*> items_;        ///< Item definitions by id.
    std::map<std::string, std::string> carried_;              ///< Message or signal to item definition.
    std::map<std::string, std::pair<std::string, std::string>> operations_;  ///< To messages in and out.
    std::map<std::string, std::string> data_items_;                          ///< Data to item definition.
    std::vector<std::pair<const xml::Element*, int>> read_nodes_;
    bool lists_flows_ = false;           ///< The file names flows at their nodes.
    std::map<std::string, int> called_;  ///< Scope a called process was read into.
    std::vector<std::pair<std::string, std::string>> associations_;  ///< Source, target.
    std::map<std::string, int> lines_;                               ///< Every id seen, for doubles.
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
