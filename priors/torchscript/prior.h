#pragma once
#include <memory>

#include "core/prior.h"
#include "priors/torchscript/convention.h"
#include "priors/weights/mapped_file.h"

namespace torch::jit {
struct Module;
}

namespace dpsbench {

/// A network of someone else's, traced or scripted by torch.jit and saved: forward(x [B, C, H, W], condition [B]) ->
/// [B, C, H, W], or [B, 2C, H, W] with the fraction v of a learned-range variance behind eps (Nichol & Dhariwal 2021,
/// Eq. 15). Gradients are automatic differentiation's. `in_tf32`: a GPU may round the factors of its
/// products to ten bits.
class TorchScriptPrior final : public Prior {
 public:
  /// Throws DataError for bytes that are no TorchScript file, or a network that does not take or give such tensors.
  TorchScriptPrior(const FileBytes& file, NetworkConvention convention, NoiseSchedule schedule, const ImageShape& shape,
                   bool clips, const TensorOptions& options, bool in_tf32 = false);
  ~TorchScriptPrior() override;

  [[nodiscard]] Evaluation evaluate(const Tensor& x_t, const NoiseLevel& level, Gradient gradient) const override;
  [[nodiscard]] ImageShape shape() const override { return shape_; }
  [[nodiscard]] NoiseSchedule schedule() const override { return schedule_; }
  [[nodiscard]] double smallest_sigma() const override { return schedule_.smallest_sigma(); }
  [[nodiscard]] bool clips_denoised() const override { return clips_; }
  [[nodiscard]] TensorOptions options() const override { return options_; }

 private:
  /// The network's answer, checked: noise, and variance fraction if it has one. On a CPU image by image: what ATen does
  /// to a number there, by vectors or alone, hangs on how many lie before it, and an image must not know its batch.
  [[nodiscard]] std::pair<Tensor, Tensor> predict(const Tensor& x_t, const NoiseLevel& level) const;
  [[nodiscard]] std::pair<Tensor, Tensor> predict_together(const Tensor& x_t, const NoiseLevel& level) const;

  std::string path_;
  NetworkConvention convention_;
  NoiseSchedule schedule_;
  ImageShape shape_;
  bool clips_;
  TensorOptions options_;
  bool in_tf32_;
  std::unique_ptr<torch::jit::Module> module_;
};

}  // namespace dpsbench
