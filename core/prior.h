#pragma once
#include <functional>
#include <memory>
#include <vector>

#include "core/noise_schedule.h"
#include "core/tensor.h"

namespace dpsbench {

/// One evaluation of a prior's noise prediction at x_t.
struct Evaluation {
  Tensor eps;                ///< predicted noise, [B, C, H, W]
  Tensor variance_fraction;  ///< the network's v of a learned-range variance, [B, C, H, W]; undefined: fixed variance

  /// J^T c for each cotangent c, J = d eps / d x_t: one pass through the network serves them all.
  /// Empty unless the evaluation was asked for gradients. May be called once.
  std::function<std::vector<Tensor>(const std::vector<Tensor>&)> pull_back;
};

enum class Gradient { none, wanted };

/// What p(x_0) is, seen through its noise predictor eps(x_t, t) = -sqrt(1 - alpha_bar_t) * score(x_t, t).
/// Implementations are immutable while sampling and treat each image of a batch alone.
class Prior {
 public:
  virtual ~Prior() = default;

  /// x_t: [B, C, H, W] noised to `level`. Throws Error when the shape does not fit.
  [[nodiscard]] virtual Evaluation evaluate(const Tensor& x_t, const NoiseLevel& level, Gradient gradient) const = 0;

  [[nodiscard]] virtual ImageShape shape() const = 0;

  /// The noise schedule it was trained on, which methods respace.
  [[nodiscard]] virtual NoiseSchedule schedule() const { return NoiseSchedule::linear(); }

  /// The smallest variance-exploding noise the prior can be asked about; 0 for closed forms.
  [[nodiscard]] virtual double smallest_sigma() const { return 0; }

  /// Whether x_0 predictions are clamped to [-1, 1] unless told otherwise: true for image networks.
  [[nodiscard]] virtual bool clips_denoised() const { return false; }

  /// Number type and device of the tensors it takes.
  [[nodiscard]] virtual TensorOptions options() const = 0;

  /// The prior of images of one class, from 0, of one that is told a class of each image; it shares what that holds,
  /// which must outlive it. Throws UserError where this is told none, or knows no such class.
  [[nodiscard]] virtual std::unique_ptr<Prior> of_class(std::int64_t label) const;

  /// Gives back memory that is kept for later evaluations, where there is any. No evaluation may be under way, and none
  /// that was made may still be pulled back.
  virtual void release_memory() const {}

  /// grad log p_t(x_t) = -eps / sqrt(1 - alpha_bar), without gradients: [B, C, H, W].
  [[nodiscard]] Tensor score(const Tensor& x_t, const NoiseLevel& level) const;
};

}  // namespace dpsbench
