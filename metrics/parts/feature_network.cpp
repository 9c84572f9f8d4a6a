#include "metrics/parts/feature_network.h"

#include <ATen/core/grad_mode.h>
#include <torch/csrc/jit/api/module.h>
#include <torch/csrc/jit/serialization/import.h>

#include "core/error.h"

namespace dpsbench {

struct FeatureNetwork::Module {
  mutable torch::jit::Module module;
  bool asks_for_features = false;  ///< whether forward has an argument return_features
};

FeatureNetwork::FeatureNetwork(const std::filesystem::path& file, const at::Device& device)
    : file_(file), device_(device) {
  try {
    module_ = std::make_unique<Module>(Module{torch::jit::load(file.string(), device)});
    module_->module.eval();
    for (const c10::Argument& argument : module_->module.get_method("forward").function().getSchema().arguments())
      module_->asks_for_features |= argument.name() == "return_features";
  } catch (const c10::Error& error) {
    throw DataError("{}: is no TorchScript file of a network: {}", file.string(), error.what_without_backtrace());
  }
}

FeatureNetwork::~FeatureNetwork() = default;

Tensor FeatureNetwork::features(const Tensor& images) const {
  const at::NoGradGuard no_grad;
  const Tensor bytes = (images * 255).round().to(device_, at::kFloat);
  const Tensor colours = bytes.expand({bytes.size(0), 3, bytes.size(2), bytes.size(3)}).contiguous();
  Tensor found;
  try {
    found = module_->module
                .forward({colours}, module_->asks_for_features ? torch::jit::Kwargs{{"return_features", true}}
                                                               : torch::jit::Kwargs{})
                .toTensor()
                .to(at::kCPU, at::kDouble);
  } catch (const std::exception& error) {
    throw DataError("{}: the network fails on [{}]: {}", file_.string(), fmt::join(colours.sizes(), ", "),
                    error.what());
  }
  if (found.dim() != 2 || found.size(0) != images.size(0) || !found.isfinite().all().item<bool>())
    throw DataError("{}: the network answers [{}] to {} images; features are [{}, F], finite", file_.string(),
                    fmt::join(found.sizes(), ", "), images.size(0), images.size(0));
  return found;
}

}  // namespace dpsbench
