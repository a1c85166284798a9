#pragma once

#include <deque>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "engine/workflow/process.h"
#include "engine/workflow/step.h"

/// The processes of one file running beside each other in virtual time, with the built-in actions of the betsy suite.
namespace thien_an::conformance {

/// Turns the conditions of the suite into FEEL: `test.contains("a")`, `!test.contains("a")`, `${integerVariable}`; `integerVariable<3`
/// is FEEL already.
std::string feel_of(std::string text);
/// Takes the suite's script words and variables; proves nothing, for some models are unsound on purpose.
workflow::Vocabulary betsy_vocabulary();

class World {
public:
    explicit World(std::vector<std::shared_ptr<const workflow::Process>> processes);

    /// Starts the process by its none start.
    void start(std::size_t process, const json::object& variables);
    /// Whether it has one.
    bool has_none_start(std::size_t process) const;
    /// Lets virtual time pass, firing timers and answering slow actions on the way.
    void pass(std::chrono::milliseconds time);
    /// Words of the trace, sorted.
    std::multiset<std::string> trace() const;

private:
    struct Running {
        std::shared_ptr<const workflow::Process> process;
        workflow::State state;
    };
    struct Slow {  ///< An action that is answered later.
        std::size_t instance;
        std::int64_t wait;
        Instant due;
    };
    struct Post {  ///< A message or signal on its way.
        bool signal;
        std::string name;
        std::string key;
        std::size_t from;
    };

    void give(std::size_t instance, workflow::Command command);
    void note(std::size_t instance, const workflow::Effect& effect);
    json::object act(const std::string& word, json::object variables);
    void deliver();
    void deliver_signal(const Post& post);
    bool deliver_message(const Post& post);
    void begin(std::size_t process, const workflow::StartCommand& command);
    bool fire_next(Instant until);

    std::vector<std::shared_ptr<const workflow::Process>> processes_;
    std::vector<Running> running_;
    std::vector<Slow> slow_;
    std::deque<Post> posts_;
    std::vector<std::pair<Instant, Instant>> spans_;  ///< Of the two timestamp logs.
    std::multiset<std::string> trace_;
    bool marked_ = false;
    Instant now_;
    std::int64_t last_id_ = 0;
};

}  // namespace thien_an::conformance
