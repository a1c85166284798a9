#pragma once

#include <memory>
#include <vector>

#include "engine/casework/packs.h"

#include "systems/civil_status/life_line.h"

/// Gathers the events of a person from all registers: entries with the same personal number or identity paper, and those
/// an officer has linked. Nothing is linked because it looks alike.
namespace thien_an::civil_status {

/// Registers in force that tell of persons, held for the time of the work.
class LifeRegisters {
public:
    explicit LifeRegisters(const casework::Packs& packs);
    /// Those of `registers` that tell of persons.
    explicit LifeRegisters(std::vector<std::shared_ptr<const registers::Register>> registers);
    registers::RegisterList list() const { return pointers_; }
    const registers::Register* named(std::string_view id) const;
    /// The weights of matching: those of births; null when they are not there.
    const registers::Matching* matching() const;

private:
    std::vector<std::shared_ptr<const registers::Register>> held_;
    std::vector<const registers::Register*> pointers_;
};

/// The line of `person`, in order; empty when there is no such person. For the program itself: who may see which entry is
/// for the caller to ask. At most 60 entries.
std::vector<LifeEvent> life_line(
    storage::Reader& db,
    const crypto::KeyRing& keys,
    const LifeRegisters& registers,
    const registers::PersonRef& person
);

}  // namespace thien_an::civil_status
