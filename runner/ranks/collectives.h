#pragma once
#include <memory>
#include <string>

#include "core/tensor.h"
#include "runner/ranks/communicator.h"

namespace dpsbench {

/// What all ranks do together with the numbers on their devices. Every call is collective: each rank gives a contiguous
/// tensor of the same type and size, which holds the answer afterwards.
class Collectives {
 public:
  virtual ~Collectives() = default;

  /// Rank 0's numbers to all.
  virtual void broadcast(const Tensor& values) = 0;
  /// The sum over all ranks to all, number by number; double.
  virtual void sum(const Tensor& values) = 0;
  /// How the numbers travel, for people.
  [[nodiscard]] virtual std::string name() const = 0;
};

/// Between ranks with a GPU each: NCCL, from device to device. Else through the host: MPI in chunks, or nothing at all
/// where one process is alone. Collective.
std::unique_ptr<Collectives> make_collectives(Communicator& communicator, const at::Device& device);

/// Through the host, whatever the device.
std::unique_ptr<Collectives> make_host_collectives(Communicator& communicator);

}  // namespace dpsbench
