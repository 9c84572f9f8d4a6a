#include "runner/ranks/collectives.h"

#include <set>

#include "core/error.h"
#include "runner/ranks/batch_job.h"
#ifdef DPSBENCH_WITH_CUDA
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

std::unique_ptr<Collectives> make_collectives(Communicator& communicator, const at::Device& device) {
#ifdef DPSBENCH_WITH_CUDA
  if (communicator.size() > 1) {
    // NCCL wants a GPU for each rank: two ranks may share one, and a node may lack them
    const std::vector<std::string> gpus =
        gather_to_all(communicator, device.is_cuda() ? host_name() + " " + gpu_address(device) : "");
    const std::set<std::string> different(gpus.begin(), gpus.end());
    if (different.size() == gpus.size() && !different.contains("")) return make_nccl(communicator, device);
  }
#endif
  static_cast<void>(device);
  return make_host_collectives(communicator);
}

}  // namespace dpsbench
