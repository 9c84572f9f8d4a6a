// DDRM: Kawar et al., Denoising Diffusion Restoration Models, NeurIPS 2022, Eqs. 7 and 8 in the singular basis of A,
// A = U S V^T. Works on u = V^T x_t / sqrt(abar_t), whose noise is sigma_t: components that the measurement knows
// better than x_t does take its value ybar = U^T y / S with new noise; the others move towards it, or only to x0hat.
// x0hat is not clamped. Steps at a stride, 0, 50, ..., 950 for 20.
#include <cmath>

#include "core/denoised.h"
#include "core/method_entry.h"
#include "methods/parts/measured_components.h"
#include "methods/parts/noise_like.h"
#include "methods/parts/shared_options.h"
#include "methods/parts/strided_schedule.h"

namespace dpsbench {
namespace {

class Ddrm final : public Method {
 public:
  explicit Ddrm(const OptionValues& options)
      : steps_(options.integer("steps")), eta_(options.real("eta")), eta_b_(options.real("eta_b")) {}

  Tensor sample(const Problem& problem, Observer& observer) const override {
    const NoiseSchedule schedule = strided_schedule(problem.schedule, steps_);
    const Spectral& basis = *problem.op.spectral();
    const MeasuredComponents measured = measured_components(basis, problem.y, problem.sigma_y);
    Tensor u = start(measured, basis, problem, schedule.level(steps_ - 1).sigma());
    for (std::int64_t i = steps_ - 1; i >= 0; --i) {
      const NoiseLevel level = schedule.level(i);
      const Tensor x_t = basis.v(u) * std::sqrt(level.alpha_bar);
      const Denoised at = denoise(problem.prior, x_t, level, false, Gradient::none);
      const double next = i > 0 ? schedule.level(i - 1).sigma() : 0.0;
      const Tensor z = basis.v_transpose(normal_like(problem.noise, Purpose::step, i, x_t));
      u = step(measured, basis.v_transpose(at.x0), basis.v_transpose(at.eps), next, z);
      observer.on_step({steps_ - i, steps_, basis.v(u), at.x0, {}});
    }
    return basis.v(u);
  }

 private:
  /// Eq. 7.
  static Tensor start(const MeasuredComponents& measured, const Spectral& basis, const Problem& problem, double sigma) {
    const ImageShape shape = problem.shape();
    const Tensor z = basis.v_transpose(
        problem.noise.normal(Purpose::initial, 0, {shape.channels, shape.height, shape.width}, problem.options()));
    const Tensor known = measured.sigma < sigma;
    const Tensor variance = sigma * sigma - at::where(known, measured.sigma.square(), 0.0);
    return at::where(known, measured.value, 0.0) + variance.sqrt() * z;
  }

  /// Eq. 8, from x0hat and the noise prediction in the basis to the noise `next`.
  [[nodiscard]] Tensor step(const MeasuredComponents& measured, const Tensor& x0, const Tensor& eps, double next,
                            const Tensor& z) const {
    const double kept = std::sqrt(1 - eta_ * eta_) * next;
    const Tensor hidden = x0 + eps * kept + z * (eta_ * next);
    const Tensor coarse = x0 + (measured.value - x0) / measured.sigma * kept + z * (eta_ * next);
    const Tensor known = measured.sigma <= next;
    const Tensor variance = next * next - at::where(known, measured.sigma.square(), 0.0) * (eta_b_ * eta_b_);
    const Tensor fine = x0 * (1 - eta_b_) + measured.value * eta_b_ + variance.sqrt() * z;
    return at::where(measured.sigma.isinf(), hidden, at::where(known, fine, coarse));
  }

  std::int64_t steps_;
  double eta_;
  double eta_b_;
};

}  // namespace

MethodEntry ddrm_entry() {
  return {
      .name = "ddrm",
      .title = "Denoising diffusion restoration models",
      .paper = "Kawar et al. 2022, arXiv 2201.11793",
      .needs = {.linear = true, .svd = true},
      .options = {steps_option(20),
                  {"eta", 0.85, "new noise where x_t knows more than the measurement", 0, 1},
                  {"eta_b", 1.0, "how far to the measurement where that knows more", 0, 1}},
      .cost =
          [](const OptionValues& options, double) {
            return Cost{static_cast<double>(options.integer("steps")), 0};
          },
      .make = [](const OptionValues& options) { return std::make_unique<Ddrm>(options); },
      .without_noise = "",
      .tunable = {Tunable::linear("eta", 0, 1), Tunable::linear("eta_b", 0, 1)},
  };
}

}  // namespace dpsbench
