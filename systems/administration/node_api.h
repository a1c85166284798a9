#pragma once

#include <string>
#include <vector>

#include "engine/web/context.h"
#include "engine/web/describe.h"
#include "engine/web/http.h"

/// What a node of a commune without network sends when the network is back. Nobody signs in: each line and each file is
/// signed by the node that holds the lease.
namespace thien_an::administration {

Result<web::Response> take_node_lines(const web::Request& request, web::Context& context);
Result<web::Response> take_node_file(const web::Request& request, web::Context& context);

struct NodeLine {
    std::string body;
    std::string signature;
};
struct NodeLines {
    std::string lease;
    std::vector<NodeLine> lines;
};
struct NodeVerdict {
    std::int64_t came = 0;
    std::int64_t done = 0;
    std::int64_t conflicts = 0;
    std::string state;
    std::vector<std::string> files_wanted;
};

template <typename Visitor>
void describe(Visitor& visit, NodeLine& it)
{
    visit("body", it.body, {.about = "The line, exactly as it was signed.", .length_max = 2'000'000});
    visit("signature", it.signature, {.about = "Ed25519 of the node, hexadecimal.", .length_max = 128});
}

template <typename Visitor>
void describe(Visitor& visit, NodeLines& it)
{
    visit("lease", it.lease, {.about = "Identifier of the lease.", .length_max = 20});
    visit("lines", it.lines, {.about = "Lines in their order.", .length_max = 200});
}

template <typename Visitor>
void describe(Visitor& visit, NodeVerdict& it)
{
    visit("came", it.came, {.about = "Lines kept."});
    visit("done", it.done, {.about = "Of them settled."});
    visit("conflicts", it.conflicts, {.about = "That people decide about."});
    visit("state", it.state, {.about = "open, returned, taken_back or forked.", .length_max = 20});
    visit(
        "files_wanted", it.files_wanted, {.about = "SHA-256 of files still to be sent.", .length_max = 100}
    );
}

}  // namespace thien_an::administration
