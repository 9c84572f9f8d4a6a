// FPS-SMC: Dou & Song, Diffusion Posterior Sampling for Linear Inverse Problem Solving: A Filtering Perspective,
// ICLR 2024, Algorithm 2. A path y_T .. y_0 = y of noised measurements is drawn once; particles move by the DDIM kernel
// N(b, V I) times the likelihood N(y_{t-1}; A x_{t-1}, abar_{t-1} sigma_y^2 I), drawn exactly, and are resampled by
// p(y_{t-1} | x_t) = N(y_{t-1}; A b, V A A^T + abar_{t-1} sigma_y^2 I). Since that weight does not depend on the draw,
// resampling comes first. All through the Gram solve, where the authors' code, in its blur and super resolution
// branches, mixes noise levels and operators in the weight. Not the posterior even of a Gaussian prior: V = c (1 -
// abar_{t-1}) is far above the reverse diffusion's, and many steps of it contract the spread; and the one noise of y
// counts as if drawn anew in every y_t. Both are the algorithm's own.
#include <cmath>

#include "core/denoised.h"
#include "core/method_entry.h"
#include "methods/parts/noise_like.h"
#include "methods/parts/particles.h"
#include "methods/parts/proximal.h"
#include "methods/parts/shared_options.h"

namespace dpsbench {
namespace {

class Fps final : public Method {
 public:
  explicit Fps(const OptionValues& options)
      : steps_(options.integer("steps")),
        particles_(options.integer("particles")),
        new_noise_(options.real("new_noise")) {}

  Tensor sample(const Problem& problem, Observer& observer) const override {
    const NoiseSchedule schedule = problem.schedule.respaced(steps_);
    const ImageShape shape = problem.shape();
    const std::vector<std::int64_t> one = {shape.channels, shape.height, shape.width};
    Tensor y_t = problem.op.forward(problem.noise.normal(Purpose::inner, path_draw(steps_), one, problem.options()));
    Tensor x = start(problem, schedule.alpha_bar(steps_ - 1), y_t);
    for (std::int64_t i = steps_ - 1; i >= 0; --i) {
      y_t = next_measurement(problem, schedule, i, y_t);
      const Kernel kernel = transition(problem, schedule, i, x);
      x = propagate(problem, schedule, i, kernel, y_t);
      observer.on_step({steps_ - i, steps_, x[0], kernel.x0, {}});
    }
    return x[0];
  }

 private:
  /// N(b, V I), the prior's step from x_t: b of every particle, [M, B, C, H, W].
  struct Kernel {
    Tensor b;
    double variance;
    Tensor x0;  ///< the estimate behind the first particle's b, [B, C, H, W]
  };

  /// x_T ~ N(0, I) near y_T.
  [[nodiscard]] Tensor start(const Problem& problem, double abar, const Tensor& y_t) const {
    std::vector<Tensor> drawn;
    const Tensor zero = at::zeros(problem.shape().batch(y_t.size(0)), problem.options());
    for (std::int64_t k = 0; k < particles_; ++k) drawn.push_back(draw_product(problem, zero, 1, y_t, abar, steps_, k));
    return at::stack(drawn);
  }

  /// y_{t-1} of the path (Eq. 12).
  [[nodiscard]] Tensor next_measurement(const Problem& problem, const NoiseSchedule& schedule, std::int64_t i,
                                        const Tensor& y_t) const {
    const double now = schedule.alpha_bar(i);
    const double next = schedule.alpha_bar_previous(i);
    const ImageShape shape = problem.shape();
    const Tensor z = problem.op.forward(problem.noise.normal(
        Purpose::inner, path_draw(i), {shape.channels, shape.height, shape.width}, problem.options()));
    return problem.y * std::sqrt(next) +
           (y_t - problem.y * std::sqrt(now)) * std::sqrt((1 - new_noise_) * (1 - next) / (1 - now)) +
           z * std::sqrt(new_noise_ * (1 - next));
  }

  [[nodiscard]] Kernel transition(const Problem& problem, const NoiseSchedule& schedule, std::int64_t i,
                                  const Tensor& x) const {
    const double next = schedule.alpha_bar_previous(i);
    std::vector<Tensor> b;
    Tensor first;
    for (const Tensor& particle : x.unbind(0)) {
      const Denoised at =
          denoise(problem.prior, particle, schedule.level(i), problem.prior.clips_denoised(), Gradient::none);
      b.push_back(at.x0 * std::sqrt(next) + at.eps * std::sqrt((1 - new_noise_) * (1 - next)));
      if (!first.defined()) first = at.x0;
    }
    return {at::stack(b), new_noise_ * (1 - next), first};
  }

  [[nodiscard]] Tensor propagate(const Problem& problem, const NoiseSchedule& schedule, std::int64_t i,
                                 const Kernel& kernel, const Tensor& y_t) const {
    const double abar = schedule.alpha_bar_previous(i);
    const double of_y = abar * problem.sigma_y * problem.sigma_y;
    std::vector<Tensor> log_weights;
    for (const Tensor& b : kernel.b.unbind(0)) {
      const Tensor r = y_t - problem.op.forward(b);
      const Tensor solved =
          kernel.variance > 0 ? problem.op.solve_gram(r, of_y / kernel.variance) / kernel.variance : r / of_y;
      log_weights.push_back(image_dot(r, solved) * -0.5);
    }
    const Tensor ancestors =
        draw_particles(at::stack(log_weights), particles_, ParticleResampling::multinomial, problem.noise, i);
    const Tensor b = select_particles(kernel.b, ancestors);
    if (kernel.variance == 0) return b;
    std::vector<Tensor> moved;
    for (std::int64_t k = 0; k < particles_; ++k)
      moved.push_back(draw_product(problem, b[k], kernel.variance, y_t, abar, i, k));
    return at::stack(moved);
  }

  /// A draw from N(x; b, V I) N(y_t; A x, abar sigma_y^2 I), particle k at step i.
  [[nodiscard]] Tensor draw_product(const Problem& problem, const Tensor& b, double v, const Tensor& y_t, double abar,
                                    std::int64_t i, std::int64_t k) const {
    const std::int64_t draw = path_draw(i) + 1 + 2 * k;
    const double of_y = std::sqrt(abar) * problem.sigma_y;
    const Tensor center = b + normal_like(problem.noise, Purpose::inner, draw, b) * std::sqrt(v);
    const Tensor y = y_t + normal_like(problem.noise, Purpose::inner, draw + 1, y_t) * of_y;
    return proximal_point(problem.op, y, center, of_y * of_y / v);
  }

  /// Numbers the draws: at each step one for the path, then two a particle.
  [[nodiscard]] std::int64_t path_draw(std::int64_t i) const { return i * (1 + 2 * particles_); }

  std::int64_t steps_;
  std::int64_t particles_;
  double new_noise_;
};

}  // namespace

MethodEntry fps_entry() {
  return {
      .name = "fps",
      .title = "Filtering posterior sampling: a particle filter on noised measurements",
      .paper = "Dou & Song 2024, openreview tplXNcHZs1",
      .needs = {.linear = true},
      .options = {steps_option(),
                  {"particles", std::int64_t{5}, "in each image's system, of which one is returned", 1, 1000},
                  {"new_noise", 0.95, "share c of new noise in each step's variance, above 0", 0.01, 1}},
      .cost =
          [](const OptionValues& options, double) {
            return Cost{static_cast<double>(options.integer("steps") * options.integer("particles")), 0};
          },
      .make = [](const OptionValues& options) { return std::make_unique<Fps>(options); },
      .without_noise = "its particles are weighted by a likelihood, which at the last step is divided by sigma_y^2",
      .tunable = {Tunable::linear("new_noise", 0.05, 1)},
  };
}

}  // namespace dpsbench
