#include "runner/ranks/nccl/collectives.h"

#include <nccl.h>

#include <array>

#include "core/error.h"
#include "runner/ranks/nccl/checked.h"

namespace dpsbench {
namespace {

/// LibTorch computes on it, too: what was asked of the device before comes before.
constexpr cudaStream_t default_stream = nullptr;

class NcclCollectives final : public Collectives {
 public:
  NcclCollectives(Communicator& communicator, const at::Device& device) : device_(device) {
    ncclUniqueId id{};
    if (communicator.rank() == 0) checked(ncclGetUniqueId(&id));
    communicator.broadcast(&id, sizeof id);
    checked(cudaSetDevice(device_.index()));
    checked(ncclCommInitRank(&ranks_, communicator.size(), id, communicator.rank()));
  }
  ~NcclCollectives() override { ncclCommDestroy(ranks_); }
  NcclCollectives(const NcclCollectives&) = delete;
  NcclCollectives& operator=(const NcclCollectives&) = delete;

  void broadcast(const Tensor& values) override {
    check_place(values);
    checked(ncclBroadcast(values.data_ptr(), values.data_ptr(), values.nbytes(), ncclUint8, 0, ranks_, default_stream));
    finish();
  }

  void sum(const Tensor& values) override {
    check_place(values);
    const auto count = static_cast<std::size_t>(values.numel());
    checked(ncclAllReduce(values.data_ptr<double>(), values.data_ptr<double>(), count, ncclDouble, ncclSum, ranks_,
                          default_stream));
    finish();
  }

  [[nodiscard]] std::string name() const override { return "NCCL"; }

 private:
  void check_place(const Tensor& values) const {
    if (values.device() != device_ || !values.is_contiguous())
      throw Error(fmt::format("NCCL on {} was given a tensor on {}", device_.str(), values.device().str()));
  }
  /// Waits for the device, and finds out whether a rank failed meanwhile.
  void finish() const {
    checked(cudaStreamSynchronize(default_stream));
    ncclResult_t asynchronous = ncclSuccess;
    checked(ncclCommGetAsyncError(ranks_, &asynchronous));
    checked(asynchronous);
  }

  at::Device device_;
  ncclComm_t ranks_ = nullptr;
};

}  // namespace

std::unique_ptr<Collectives> make_nccl(Communicator& communicator, const at::Device& device) {
  return std::make_unique<NcclCollectives>(communicator, device);
}

std::string gpu_address(const at::Device& device) {
  std::array<char, 32> address{};
  checked(cudaDeviceGetPCIBusId(address.data(), static_cast<int>(address.size()), device.index()));
  return address.data();
}

}  // namespace dpsbench
