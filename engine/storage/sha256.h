#pragma once

#include <memory>

#include "engine/base/bytes.h"

struct evp_md_ctx_st;

/// SHA-256 for what storage itself names by content; room crypto has the rest.
namespace thien_an::storage {

Bytes sha256(ByteView bytes);

/// The hash of what is added piece by piece.
class RunningSha256 {
public:
    RunningSha256();
    void add(ByteView bytes);
    Bytes finish();  ///< Once, at the end.

private:
    struct Free {
        void operator()(evp_md_ctx_st* context) const;
    };
    std::unique_ptr<evp_md_ctx_st, Free> context_;
};

}  // namespace thien_an::storage
