#include "priors/torchscript/prior.h"

#include <torch/csrc/jit/api/module.h>
#include <torch/csrc/jit/runtime/graph_executor.h>
#include <torch/csrc/jit/serialization/import.h>

#include <sstream>

#include "core/error.h"
#include "priors/passes/autograd.h"

namespace dpsbench {
namespace {

torch::jit::Module load(const FileBytes& file, const TensorOptions& options) {
  // Optimisation of graphs specialises on the first calls' shapes, and changes last bits from the third call on
  torch::jit::setGraphExecutorOptimize(false);
  const Tensor bytes = file.bytes.to(at::kCPU).contiguous();
  std::istringstream stream(
      std::string(static_cast<const char*>(bytes.const_data_ptr()), static_cast<std::size_t>(bytes.numel())));
  try {
    torch::jit::Module module = torch::jit::load(stream, options.device());
    module.to(options.device(), options.dtype().toScalarType());
    module.eval();
    for (const Tensor& parameter : module.parameters()) parameter.requires_grad_(false);
    return module;
  } catch (const c10::Error& error) {
    const std::string reason = error.what_without_backtrace();
    throw DataError("'{}' is no TorchScript file, which torch.jit.save writes (a state dict holds weights alone): {}",
                    file.path, reason.substr(0, reason.find_first_of(".\n")));
  }
}

}  // namespace

TorchScriptPrior::TorchScriptPrior(const FileBytes& file, NetworkConvention convention, NoiseSchedule schedule,
                                   const ImageShape& shape, bool clips, const TensorOptions& options, bool in_tf32)
    : path_(file.path),
      convention_(std::move(convention)),
      schedule_(std::move(schedule)),
      shape_(shape),
      clips_(clips),
      options_(options),
      in_tf32_(in_tf32),
      module_(std::make_unique<torch::jit::Module>(load(file, options))) {
  const NoiseLevel middle = schedule_.level(schedule_.steps() / 2);
  static_cast<void>(evaluate(at::zeros(shape.batch(2), options), middle, Gradient::none));  // whether it answers at all
}

TorchScriptPrior::~TorchScriptPrior() = default;

std::pair<Tensor, Tensor> TorchScriptPrior::predict(const Tensor& x_t, const NoiseLevel& level) const {
  if (!x_t.is_cpu() || x_t.size(0) == 1) return predict_together(x_t, level);
  std::vector<Tensor> noises, fractions;
  for (const Tensor& image : x_t.split(1)) {
    const auto [noise, fraction] = predict_together(image, level);
    noises.push_back(noise);
    if (fraction.defined()) fractions.push_back(fraction);
  }
  return {at::cat(noises), fractions.empty() ? Tensor() : at::cat(fractions)};
}

std::pair<Tensor, Tensor> TorchScriptPrior::predict_together(const Tensor& x_t, const NoiseLevel& level) const {
  const Tensor condition = at::full({x_t.size(0)}, convention_.condition_of(level), options_);
  Tensor output;
  try {
    const c10::IValue answer = module_->forward({convention_.input_of(x_t, level), condition});
    output = answer.isTuple() ? answer.toTupleRef().elements().at(0).toTensor() : answer.toTensor();
  } catch (const c10::OutOfMemoryError&) {
    throw;
  } catch (const std::exception& error) {
    const auto* of_torch = dynamic_cast<const c10::Error*>(&error);
    throw DataError("'{}': its network does not take images of {} and [{}] numbers, or gives no tensor: {}", path_,
                    fmt::join(x_t.sizes(), " x "), x_t.size(0),
                    of_torch == nullptr ? error.what() : of_torch->what_without_backtrace());
  }
  const bool with_variance = output.dim() == 4 && output.size(1) == 2 * shape_.channels;
  const Tensor prediction = with_variance ? output.narrow(1, 0, shape_.channels) : output;
  if (prediction.sizes() != x_t.sizes())
    throw DataError("'{}': its network answers images of {} by {}", path_, fmt::join(x_t.sizes(), " x "),
                    fmt::join(output.sizes(), " x "));
  return {convention_.noise_of(prediction.to(options_), x_t, level),
          with_variance ? output.narrow(1, shape_.channels, shape_.channels).to(options_) : Tensor()};
}

Evaluation TorchScriptPrior::evaluate(const Tensor& x_t, const NoiseLevel& level, Gradient gradient) const {
  return evaluate_by_autograd(
      x_t, gradient, [&](const Tensor& x) { return predict(x, level); }, in_tf32_);
}

}  // namespace dpsbench
