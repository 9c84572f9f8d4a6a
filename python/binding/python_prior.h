#pragma once
#include <string>

#include "core/prior.h"
#include "python/binding/held_object.h"

namespace dpsbench {

/// A prior written in Python: a `NoisePredictor` of python/dpsbench/priors.py, an nn.Module that was told what it
/// predicts and how it is conditioned. Gradients by autograd.
class PythonPrior final : public Prior {
 public:
  PythonPrior(std::string name, HeldObject predictor, const ImageShape& shape, const TensorOptions& options);

  [[nodiscard]] Evaluation evaluate(const Tensor& x_t, const NoiseLevel& level, Gradient gradient) const override;
  [[nodiscard]] ImageShape shape() const override { return shape_; }
  [[nodiscard]] double smallest_sigma() const override { return smallest_sigma_; }
  [[nodiscard]] bool clips_denoised() const override { return clips_; }
  [[nodiscard]] TensorOptions options() const override { return options_; }

 private:
  std::string name_;
  HeldObject predictor_;
  ImageShape shape_;
  TensorOptions options_;
  double smallest_sigma_;
  bool clips_;
};

}  // namespace dpsbench
