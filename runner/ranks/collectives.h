#pragma once
#include <functional>
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

/// How numbers travel between ranks: through the hosts by MPI, or from GPU to GPU by NCCL.
enum class Transport { mpi, nccl };

/// As `transport` says. What is shared is a network's weights once and a few sums, for which MPI does; NCCL's set-up
/// has a limit of time, and where it fails on any rank, or two ranks share a GPU, all go through the hosts and rank 0
/// says why. One process alone needs neither. Collective.
std::unique_ptr<Collectives> make_collectives(Communicator& communicator, const at::Device& device,
                                              Transport transport = Transport::mpi);

/// Through the host, whatever the device.
std::unique_ptr<Collectives> make_host_collectives(Communicator& communicator);

/// What `make` makes on every rank, or where it throws on any of them host collectives on all; rank 0 says why.
/// Collective.
std::unique_ptr<Collectives> make_or_fall_back(Communicator& communicator,
                                               const std::function<std::unique_ptr<Collectives>()>& make);

}  // namespace dpsbench
