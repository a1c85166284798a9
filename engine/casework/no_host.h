#pragma once

#include "engine/casework/packs.h"
#include "engine/workflow/engine.h"

/// Hosts for what the engine does without a dossier.
namespace thien_an::casework {

/// Is asked nothing: what is due, what is held.
class NoHost : public workflow::Host {
public:
    std::shared_ptr<const workflow::Process> process(std::int64_t) override
    {
        return nobody<std::shared_ptr<const workflow::Process>>();
    }
    json::object names(storage::Reader&, const workflow::Instance&, Instant) override
    {
        return nobody<json::object>();
    }
    Result<json::object> run(storage::Writer&, const workflow::Call&) override
    {
        return nobody<json::object>();
    }
    Result<Done> send(storage::Writer&, const workflow::Call&) override { return nobody<Done>(); }
    const workflow::Calendar& calendar(storage::Reader&, identity::AgencyId, std::string_view) override
    {
        throw std::logic_error("a question was answered by nobody");
    }
    Result<Done> rung(storage::Writer&, const workflow::FiredRung&) override { return nobody<Done>(); }
    bool same_person_allowed(storage::Reader&, identity::AgencyId, std::string_view, std::string_view)
        override
    {
        return nobody<bool>();
    }

private:
    template <typename T>
    static T nobody()
    {
        throw std::logic_error("a question was answered by nobody");
    }
};

/// Knows the processes alone: whether an instance can move.
class ProcessesHost final : public NoHost {
public:
    explicit ProcessesHost(Packs& packs) : packs_(packs) {}
    std::shared_ptr<const workflow::Process> process(std::int64_t definition) override
    {
        const auto procedure = packs_.version(PackId{definition});
        return procedure ? procedure->process() : nullptr;
    }

private:
    Packs& packs_;
};

}  // namespace thien_an::casework
