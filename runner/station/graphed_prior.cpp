#include "runner/station/graphed_prior.h"

#include <map>

#include "core/error.h"
#include "priors/unet/prior.h"
#ifdef DPSBENCH_WITH_CUDA
#include "runner/station/cuda/network_graphs.h"
#endif

namespace dpsbench {
namespace {

#ifdef DPSBENCH_WITH_CUDA
class GraphedPrior final : public Prior {
 public:
  explicit GraphedPrior(std::unique_ptr<UNetPrior> prior) : prior_(std::move(prior)) {}

  [[nodiscard]] Evaluation evaluate(const Tensor& x_t, const NoiseLevel& level, Gradient gradient) const override {
    prior_->check_images(x_t);
    std::unique_ptr<NetworkGraphs>& graphs = graphs_[{x_t.size(0), gradient}];
    if (!graphs) graphs = std::make_unique<NetworkGraphs>(prior_->network(), x_t, gradient);
    const NetworkGraphs::Pass pass = graphs->forward(x_t, level.time);
    Evaluation evaluation = prior_->read(pass.output);
    if (gradient == Gradient::wanted)
      evaluation.pull_back = [pass, of_graphs = graphs.get()](const std::vector<Tensor>& cotangents) {
        return of_graphs->pull_back(pass, cotangents);
      };
    return evaluation;
  }
  [[nodiscard]] ImageShape shape() const override { return prior_->shape(); }
  [[nodiscard]] NoiseSchedule schedule() const override { return prior_->schedule(); }
  [[nodiscard]] double smallest_sigma() const override { return prior_->smallest_sigma(); }
  [[nodiscard]] bool clips_denoised() const override { return prior_->clips_denoised(); }
  [[nodiscard]] TensorOptions options() const override { return prior_->options(); }
  /// The recordings of every size of batch: they hold all that their passes need.
  void release_memory() const override { graphs_.clear(); }

 private:
  std::unique_ptr<UNetPrior> prior_;
  mutable std::map<std::pair<std::int64_t, Gradient>, std::unique_ptr<NetworkGraphs>> graphs_;
};
#endif

}  // namespace

std::unique_ptr<Prior> make_graphed(std::unique_ptr<Prior> prior) {
  if (!prior->options().device().is_cuda()) throw UserError("--cuda-graphs: needs a GPU, but this is the CPU");
  auto* network = dynamic_cast<UNetPrior*>(prior.get());
  if (network == nullptr)
    throw UserError("--cuda-graphs: is for networks that are told one noise level; this prior is none");
#ifdef DPSBENCH_WITH_CUDA
  static_cast<void>(prior.release());
  return std::make_unique<GraphedPrior>(std::unique_ptr<UNetPrior>(network));
#else
  throw UserError("--cuda-graphs: this dpsbench was built without CUDA");
#endif
}

}  // namespace dpsbench
