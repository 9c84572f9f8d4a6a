#pragma once
#include <chrono>

#include "runner/ranks/collectives.h"

namespace dpsbench {

/// How long the ranks' GPUs may take to find each other. A wrong NCCL_SOCKET_IFNAME or a port that is blocked between
/// nodes would let NCCL wait for ever.
inline constexpr std::chrono::seconds nccl_patience{120};

/// Through NCCL, from GPU to GPU; every rank has one of its own. Collective. Throws Error with NCCL's or CUDA's reason
/// and the place of the call, and when the ranks have not found each other after `patience`. Calls that follow throw
/// where another rank fails; nothing blocks in the destructor while an exception passes.
std::unique_ptr<Collectives> make_nccl(Communicator& communicator, const at::Device& device,
                                       std::chrono::seconds patience = nccl_patience);

}  // namespace dpsbench
