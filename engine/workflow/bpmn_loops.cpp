#include <algorithm>

#include "engine/workflow/bpmn_reader.h"

// Loop characteristics, and call activities.
namespace thien_an::workflow {

void BpmnReader::read_loop(const xml::Element& e, NodeModel& node)
{
    const auto expression = [&](const xml::Element& holder, const char* name) {
        const auto* child = holder.child(name);
        return child == nullptr ? feel::Expression{} : compile(child->text(), *child);
    };
    int seen = 0;
    for (const auto* x : e.children()) {
        if (x->space != bpmn_space || !x->name.ends_with("LoopCharacteristics")) continue;
        if (++seen > 1 || !node.is_activity()) wrong(*x, "bpmn.loop_not_allowed");
        LoopSpec loop;
        if (x->name == "standardLoopCharacteristics") {
            loop.sequential = true;
            loop.test_before = x->attribute("testBefore") == "true";
            loop.condition = expression(*x, "loopCondition");
            if (const auto maximum = x->attribute("loopMaximum"); !maximum.empty())
                loop.maximum = compile(maximum, *x);
            if (!loop.condition && !loop.maximum) wrong(*x, "bpmn.loop_without_end");
        } else if (x->name == "multiInstanceLoopCharacteristics") {
            loop.multi = true;
            loop.sequential = x->attribute("isSequential") == "true";
            loop.cardinality = expression(*x, "loopCardinality");
            loop.completion = expression(*x, "completionCondition");
            read_multi_instance(*x, loop);
        } else {
            wrong(*x, "bpmn.not_executed");
        }
        node.loop = std::move(loop);
    }
}

void BpmnReader::read_multi_instance(const xml::Element& x, LoopSpec& loop)
{
    const auto variable = [&](const std::string& name) {
        const auto& names = model_->names;
        return std::find(names.begin(), names.end(), name) != names.end();
    };
    if (const auto* in = x.child("loopDataInputRef")) {
        const auto name = local_name(trimmed(in->text()));
        if (!variable(name))
            wrong(*in, "bpmn.unresolved", {{"attribute", in->name}, {"id", name}});
        else
            loop.items = compile(name, *in);
    }
    if (const auto* item = x.child("inputDataItem"))
        loop.item = item->attribute("name").empty() ? item->attribute("id") : item->attribute("name");
    if (const auto* out = x.child("loopDataOutputRef")) {
        loop.into = local_name(trimmed(out->text()));
        check_variable(loop.into, *out);
        if (const auto* item = x.child("outputDataItem")) {
            const auto name = item->attribute("name");
            if (variable(name))
                loop.output = compile(name, *item);
            else
                wrong(*item, "bpmn.unresolved", {{"attribute", item->name}, {"id", name}});
        }
    }
    static const std::map<std::string, LoopSpec::Behavior, std::less<>> behaviors{
        {"", LoopSpec::Behavior::all},
        {"All", LoopSpec::Behavior::all},
        {"None", LoopSpec::Behavior::none},
        {"One", LoopSpec::Behavior::one}};
    // Complex: what it throws when, and what then becomes of the instances, the standard leaves open.
    const auto behavior = behaviors.find(x.attribute("behavior"));
    if (behavior == behaviors.end())
        return wrong(
            x, "bpmn.attribute_not_executed", {{"attribute", "behavior"}, {"value", x.attribute("behavior")}}
        );
    loop.behavior = behavior->second;
    NodeModel thrower;  // Its events are thrown ones.
    thrower.kind = NodeKind::throw_event;
    for (const char* ref : {"noneBehaviorEventRef", "oneBehaviorEventRef"}) {
        const auto id = local_name(x.attribute(ref));
        if (id.empty()) continue;
        const auto found = definitions_.find(id);
        if (found == definitions_.end())
            wrong(x, "bpmn.unresolved", {{"attribute", ref}, {"id", id}});
        else
            loop.event = event_definition(*found->second, thrower);
    }
}

/// A call activity runs a process or global task of this file, or a process of the host.
void BpmnReader::read_call(const xml::Element& e, NodeModel& node)
{
    const auto id = local_name(e.attribute("calledElement"));
    if (id.empty()) return wrong(e, "bpmn.no_called_element");
    if (const auto found = callable_.find(id); found != callable_.end()) {
        read_called(id);
        node.inner = called_.at(id);
        return;
    }
    node.called = id;
    const auto& known = vocabulary_.processes;
    if (!vocabulary_.any_action && std::find(known.begin(), known.end(), id) == known.end())
        wrong(e, "bpmn.unresolved", {{"attribute", "calledElement"}, {"id", id}});
}

}  // namespace thien_an::workflow
