#include "runner/ranks/collectives.h"

#include <set>

#include "core/error.h"
#include "core/words/tell.h"
#include "runner/ranks/batch_job.h"
#if defined(DPSBENCH_WITH_CUDA) && !defined(DPSBENCH_WITHOUT_NCCL)
#include "runner/ranks/cuda/bus_address.h"
#include "runner/ranks/nccl/collectives.h"
#endif

namespace dpsbench {
namespace {

class HostCollectives final : public Collectives {
 public:
  explicit HostCollectives(Communicator& communicator) : communicator_(communicator) {}

  void broadcast(const Tensor& values) override {
    if (communicator_.size() == 1) return;
    const Tensor on_host = values.to(at::kCPU);
    communicator_.broadcast(on_host.data_ptr(), on_host.nbytes());
    if (!on_host.is_same(values)) values.copy_(on_host);
  }

  void sum(const Tensor& values) override {
    if (communicator_.size() == 1) return;
    const Tensor on_host = values.to(at::kCPU);
    communicator_.sum(on_host.data_ptr<double>(), static_cast<std::size_t>(on_host.numel()));
    if (!on_host.is_same(values)) values.copy_(on_host);
  }

  [[nodiscard]] std::string name() const override { return communicator_.size() == 1 ? "one process" : "MPI"; }

 private:
  Communicator& communicator_;
};

}  // namespace

std::unique_ptr<Collectives> make_host_collectives(Communicator& communicator) {
  return std::make_unique<HostCollectives>(communicator);
}

std::unique_ptr<Collectives> make_or_fall_back(Communicator& communicator,
                                               const std::function<std::unique_ptr<Collectives>()>& make) {
  std::unique_ptr<Collectives> made;
  std::string trouble;
  try {
    made = make();
  } catch (const std::exception& error) {
    trouble = fmt::format("rank {} on {}: {}", communicator.rank(), host_name(), error.what());
  }
  std::vector<std::string> troubles = gather_to_all(communicator, trouble);
  std::erase(troubles, "");
  if (troubles.empty()) return made;
  made.reset();
  if (communicator.rank() == 0)
    tell("note: ranks exchange their numbers through the hosts: {}{}\n", troubles.front(),
         troubles.size() == 1 ? "" : fmt::format(" (and {} others)", troubles.size() - 1));
  return make_host_collectives(communicator);
}

std::unique_ptr<Collectives> make_collectives(Communicator& communicator, [[maybe_unused]] const at::Device& device,
                                              Transport transport) {
  if (transport == Transport::mpi || communicator.size() == 1) return make_host_collectives(communicator);
#if defined(DPSBENCH_WITH_CUDA) && !defined(DPSBENCH_WITHOUT_NCCL)
  // NCCL wants a GPU for each rank: two ranks may share one, and a node may lack them
  const std::vector<std::string> gpus =
      gather_to_all(communicator, device.is_cuda() ? host_name() + " " + bus_address(device) : "");
#endif
  return make_or_fall_back(communicator, [&]() -> std::unique_ptr<Collectives> {
#if defined(DPSBENCH_WITH_CUDA) && !defined(DPSBENCH_WITHOUT_NCCL)
    const std::set<std::string> different(gpus.begin(), gpus.end());
    if (different.size() < gpus.size() || different.contains(""))
      throw Error("NCCL needs a GPU of its own for each rank");
    return make_nccl(communicator, device);
#else
    throw Error("this dpsbench was built without NCCL");
#endif
  });
}

}  // namespace dpsbench
