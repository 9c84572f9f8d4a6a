#pragma once
#include <string>

#include "core/prior.h"
#include "priors/torchscript/convention.h"
#include "python/binding/held_object.h"

namespace dpsbench {

/// A network in Python, of which was told what it is given and answers: module(x [B, C, H, W], condition [B]) -> [B, C,
/// H, W], or [B, 2C, H, W] with the fraction of a learned-range variance behind eps, as a TorchScript network's.
/// Gradients by autograd. `in_tf32` is a TorchScript network's too.
class PythonPrior final : public Prior {
 public:
  PythonPrior(std::string name, HeldObject module, NetworkConvention convention, NoiseSchedule schedule,
              const ImageShape& shape, bool clips, const TensorOptions& options, bool in_tf32)
      : name_(std::move(name)),
        module_(std::move(module)),
        convention_(std::move(convention)),
        schedule_(std::move(schedule)),
        shape_(shape),
        clips_(clips),
        options_(options),
        in_tf32_(in_tf32) {}

  /// Throws Error with the traceback's last lines where the module raises, and for an answer of another shape.
  [[nodiscard]] Evaluation evaluate(const Tensor& x_t, const NoiseLevel& level, Gradient gradient) const override;
  [[nodiscard]] ImageShape shape() const override { return shape_; }
  [[nodiscard]] NoiseSchedule schedule() const override { return schedule_; }
  [[nodiscard]] double smallest_sigma() const override { return schedule_.smallest_sigma(); }
  [[nodiscard]] bool clips_denoised() const override { return clips_; }
  [[nodiscard]] TensorOptions options() const override { return options_; }

 private:
  /// What the module answers.
  [[nodiscard]] Tensor answer(const Tensor& input, const Tensor& condition) const;

  std::string name_;
  HeldObject module_;
  NetworkConvention convention_;
  NoiseSchedule schedule_;
  ImageShape shape_;
  bool clips_;
  TensorOptions options_;
  bool in_tf32_;
};

}  // namespace dpsbench
