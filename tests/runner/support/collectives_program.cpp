// Under mpirun: shares tensors and an experiment's weights, which rank 0 alone can read, and adds up numbers.
//   collectives_program FOLDER     with tiny.yaml; each rank prints the SHA-256 of the mixture that it holds
#include <fmt/format.h>

#include <cstdio>

#include "runner/station/weight_files.h"

namespace {

using namespace dpsbench;

/// Whether all ranks have rank 0's numbers, more than one message of them, and the sum of everybody's.
bool share_and_add_up(Communicator& communicator) {
  const auto collectives = make_collectives(communicator, at::kCPU);
  const std::int64_t bytes = (std::int64_t{64} << 20) + 12345;
  const Tensor expected = at::arange(bytes, at::kInt).bitwise_and(255).to(at::kByte);
  const Tensor shared = communicator.rank() == 0 ? expected : at::zeros({bytes}, at::kByte);
  collectives->broadcast(shared);
  const Tensor own = at::tensor({1.0, static_cast<double>(communicator.rank())}, at::kDouble);
  collectives->sum(own);
  const int ranks = communicator.size();
  return at::equal(shared, expected) &&
         at::equal(own, at::tensor({static_cast<double>(ranks), ranks * (ranks - 1) / 2.0}, at::kDouble));
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  abort_job_on_terminate();
  const auto communicator = make_communicator();
  if (!share_and_add_up(*communicator)) fmt::print(stderr, "rank {}: wrong numbers\n", communicator->rank());

  Experiment experiment;
  experiment.prior.kind = "gaussian_mixture";
  experiment.prior.file = std::string(communicator->rank() == 0 ? argv[1] : "/dev/null") + "/mixture.safetensors";
  WeightFiles own;
  std::string digest;
  if (communicator->rank() == 0) {
    own = map_weights(experiment);
    digest = sha256_of(*own.prior);
  }
  digest = broadcast_text(*communicator, digest);
  const auto collectives = make_collectives(*communicator, at::kCPU);
  InputDigests digests;
  digests.prior = digest;
  const WeightFiles held = share_weights(experiment, own, digests, *communicator, *collectives, at::kCPU);
  fmt::print("rank {} holds {}\n", communicator->rank(), sha256_of(*held.prior));
  std::fflush(stdout);
  return 0;
}
