#include "runner/ranks/nccl/collectives.h"

#include <nccl.h>

#include <exception>
#include <thread>

#include "core/error.h"
#include "runner/ranks/cuda/checked.h"

namespace dpsbench {
namespace {

/// LibTorch computes on it, too: what was asked of the device before comes before.
constexpr cudaStream_t default_stream = nullptr;

using Clock = std::chrono::steady_clock;

class NcclCollectives final : public Collectives {
 public:
  NcclCollectives(Communicator& communicator, const at::Device& device, std::chrono::seconds patience)
      : device_(device), exceptions_(std::uncaught_exceptions()) {
    ncclUniqueId id{};
    std::string trouble;
    if (communicator.rank() == 0) try {
        checked(ncclGetUniqueId(&id));
      } catch (const Error& error) {
        trouble = error.what();
      }
    trouble = broadcast_text(communicator, trouble);  // before anybody waits for an identity that nobody has
    if (!trouble.empty()) throw Error(trouble);
    communicator.broadcast(&id, sizeof id);
    checked(cudaSetDevice(device_.index()));
    ncclConfig_t config = NCCL_CONFIG_INITIALIZER;
    config.blocking = 0;
    const ncclResult_t begun = ncclCommInitRankConfig(&ranks_, communicator.size(), id, communicator.rank(), &config);
    try {
      if (begun != ncclInProgress) checked(begun);
      wait_for_ranks(patience);
    } catch (...) {
      if (ranks_ != nullptr) ncclCommAbort(ranks_);
      throw;
    }
  }
  ~NcclCollectives() override {
    if (std::uncaught_exceptions() > exceptions_)
      ncclCommAbort(ranks_);  // ncclCommDestroy may wait for ranks that no longer answer
    else
      ncclCommDestroy(ranks_);
  }
  NcclCollectives(const NcclCollectives&) = delete;
  NcclCollectives& operator=(const NcclCollectives&) = delete;

  void broadcast(const Tensor& values) override {
    check_place(values);
    finish(ncclBroadcast(values.data_ptr(), values.data_ptr(), values.nbytes(), ncclUint8, 0, ranks_, default_stream));
  }

  void sum(const Tensor& values) override {
    check_place(values);
    const auto count = static_cast<std::size_t>(values.numel());
    finish(ncclAllReduce(values.data_ptr<double>(), values.data_ptr<double>(), count, ncclDouble, ncclSum, ranks_,
                         default_stream));
  }

  [[nodiscard]] std::string name() const override { return "NCCL"; }

 private:
  void check_place(const Tensor& values) const {
    if (values.device() != device_ || !values.is_contiguous())
      throw Error(fmt::format("NCCL on {} was given a tensor on {}", device_.str(), values.device().str()));
  }

  /// Whether NCCL still works on what it was asked for. Throws what went wrong on any rank.
  [[nodiscard]] bool in_progress() const {
    ncclResult_t asynchronous = ncclSuccess;
    checked(ncclCommGetAsyncError(ranks_, &asynchronous));
    if (asynchronous == ncclInProgress) return true;
    checked(asynchronous);
    return false;
  }

  void wait_for_ranks(std::chrono::seconds patience) const {
    const auto until = Clock::now() + patience;
    while (in_progress()) {
      if (Clock::now() > until)
        throw Error(
            fmt::format("NCCL: the ranks' GPUs have not found each other within {} s; is NCCL_SOCKET_IFNAME "
                        "right, and are ports open between the nodes?",
                        patience.count()));
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
  }

  /// Waits for the device without spinning, and finds out whether a rank failed meanwhile.
  void finish(ncclResult_t begun) const {
    if (begun != ncclInProgress) checked(begun);
    while (true) {
      const bool asked = !in_progress();
      const cudaError_t stream = cudaStreamQuery(default_stream);
      if (stream != cudaErrorNotReady) checked(stream);
      if (asked && stream == cudaSuccess) return;
      std::this_thread::sleep_for(std::chrono::microseconds(200));
    }
  }

  at::Device device_;
  int exceptions_;  ///< under way when this was made
  ncclComm_t ranks_ = nullptr;
};

}  // namespace

std::unique_ptr<Collectives> make_nccl(Communicator& communicator, const at::Device& device,
                                       std::chrono::seconds patience) {
  return std::make_unique<NcclCollectives>(communicator, device, patience);
}

}  // namespace dpsbench
