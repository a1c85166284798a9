#pragma once

#include <string>

#include "engine/workflow/model.h"

/// A diagram for a model that has none, as ours or a table's: lanes below each other, steps from left to right.
namespace thien_an::workflow {

/// Shapes of all nodes, lanes and the pool, edges of all flows. No two shapes of a scope overlap, edges run between
/// the shapes; the same model always gives the same diagram.
Diagram laid_out(const Model& model);

/// The bpmndi:BPMNDiagram element, with its namespaces.
std::string diagram_xml(const Model& model, const Diagram& diagram);

/// `bpmn`, the text `model` was read from, with a diagram at its end.
std::string with_diagram(std::string_view bpmn, const Model& model);

}  // namespace thien_an::workflow
