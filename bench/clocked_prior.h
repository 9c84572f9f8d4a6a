#pragma once
#include "bench/work_clock.h"
#include "core/prior.h"

namespace dpsbench {

/// What a prior was asked, image by image, and how long it took.
struct NetworkAccount {
  std::int64_t evaluations = 0;
  std::int64_t pull_backs = 0;  ///< cotangents taken back through an evaluation
  double seconds = 0;           ///< in both, as work_seconds() counts
};

/// Passes everything on to a network and keeps the account. Both must outlive it.
class ClockedPrior final : public Prior {
 public:
  ClockedPrior(const Prior& prior, NetworkAccount& account) : prior_(prior), account_(account) {}

  [[nodiscard]] Evaluation evaluate(const Tensor& x_t, const NoiseLevel& level, Gradient gradient) const override {
    const at::Device device = x_t.device();
    const double started = work_seconds(device);
    Evaluation evaluation = prior_.evaluate(x_t, level, gradient);
    account_.seconds += work_seconds(device) - started;
    account_.evaluations += x_t.size(0);
    if (evaluation.pull_back)
      evaluation.pull_back = [through = std::move(evaluation.pull_back), device,
                              this](const std::vector<Tensor>& cotangents) {
        const double began = work_seconds(device);
        std::vector<Tensor> gradients = through(cotangents);
        account_.seconds += work_seconds(device) - began;
        for (const Tensor& of_images : gradients) account_.pull_backs += of_images.size(0);
        return gradients;
      };
    return evaluation;
  }
  [[nodiscard]] ImageShape shape() const override { return prior_.shape(); }
  [[nodiscard]] NoiseSchedule schedule() const override { return prior_.schedule(); }
  [[nodiscard]] double smallest_sigma() const override { return prior_.smallest_sigma(); }
  [[nodiscard]] bool clips_denoised() const override { return prior_.clips_denoised(); }
  [[nodiscard]] TensorOptions options() const override { return prior_.options(); }

 private:
  const Prior& prior_;
  NetworkAccount& account_;
};

}  // namespace dpsbench
