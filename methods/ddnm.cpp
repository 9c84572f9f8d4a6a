// DDNM and DDNM+: Wang et al., Zero-Shot Image Restoration Using Denoising Diffusion Null-Space Model, ICLR 2023,
// Algorithms 1 and 3 in the authors' DDIM form. x0hat is corrected where the measurement sees it and left alone in the
// null space of A; with noise (DDNM+) each singular component is corrected and noised so that its variance stays that
// of the level. x0hat is not clamped. Steps at a stride, 0, 10, ..., 990 for 100. Time travel is RePaint's schedule:
// after `travel_length` steps the last x0hat, uncorrected, is noised back up, `travel_repeat` - 1 times. Without noise
// (sigma_y 0) the authors run DDNM, which is not DDNM+'s limit: that noises what is seen anew each step.
// `as_published`: the form without a decomposition that their README runs (`--simplified`). It takes abar for its root
// where it compares a level with sigma_y, and its scale gamma_t multiplies noise that has its own already: too little
// noise at every level, by sqrt(1 - abar'^2) even without measurement noise. Their other form has a defect that is not
// taken over: for blurs eps is scaled in the singular basis without being brought into it.
#include <cmath>

#include "core/denoised.h"
#include "core/method_entry.h"
#include "methods/parts/measured_components.h"
#include "methods/parts/noise_like.h"
#include "methods/parts/shared_options.h"
#include "methods/parts/strided_schedule.h"

namespace dpsbench {
namespace {

/// Where the sampler is after each move, from the noisiest step to -1, the image: down by one, or up again by time
/// travel (Lugmayr et al. 2022, Fig. 9).
std::vector<std::int64_t> travelled_steps(std::int64_t steps, std::int64_t length, std::int64_t repeat) {
  std::vector<std::int64_t> jumps_left(static_cast<std::size_t>(steps), 0);
  for (std::int64_t k = 0; k < steps - length; k += length) jumps_left[static_cast<std::size_t>(k)] = repeat - 1;
  std::vector<std::int64_t> visited;
  for (std::int64_t i = steps - 1; i >= 0; --i) {
    visited.push_back(i);
    std::int64_t& jumps = jumps_left[static_cast<std::size_t>(i)];
    if (jumps == 0) continue;
    --jumps;
    for (std::int64_t up = 0; up < length; ++up) visited.push_back(++i);
  }
  visited.push_back(-1);
  return visited;
}

class Ddnm final : public Method {
 public:
  explicit Ddnm(const OptionValues& options)
      : steps_(options.integer("steps")),
        eta_(options.real("eta")),
        length_(options.integer("travel_length")),
        repeat_(options.integer("travel_repeat")),
        simplified_(options.flag("as_published")) {}

  Tensor sample(const Problem& problem, Observer& observer) const override {
    const NoiseSchedule schedule = strided_schedule(problem.schedule, steps_);
    const std::vector<std::int64_t> visited = travelled_steps(steps_, length_, repeat_);
    const auto total = static_cast<std::int64_t>(visited.size()) - 1;
    const ImageShape shape = problem.shape();
    Tensor x =
        problem.noise.normal(Purpose::initial, 0, {shape.channels, shape.height, shape.width}, problem.options());
    Tensor x0;
    for (std::int64_t k = 0; k < total; ++k) {
      const std::int64_t i = visited[static_cast<std::size_t>(k)];
      const std::int64_t to = visited[static_cast<std::size_t>(k) + 1];
      const double abar = to < 0 ? 1.0 : schedule.alpha_bar(to);
      const Tensor n = normal_like(problem.noise, Purpose::step, total - 1 - k, x);
      if (to > i) {
        x = x0 * std::sqrt(abar) + n * std::sqrt(1 - abar);
      } else {
        const Denoised at = denoise(problem.prior, x, schedule.level(i), false, Gradient::none);  // Eq. 12
        x0 = at.x0;
        x = simplified_ ? simplified_step(problem, at, abar, n) : step(problem, at, abar, n);
      }
      observer.on_step({k + 1, total, x, x0, {}});
    }
    return x;
  }

 private:
  /// Eqs. 13 and 14 without noise; Eqs. 17, 18 and Appendix I, Eq. 51 with it. abar: of the level that is reached.
  [[nodiscard]] Tensor step(const Problem& problem, const Denoised& at, double abar, const Tensor& n) const {
    const double a = std::sqrt(abar);
    const double sigma_t = std::sqrt(1 - abar);
    const double kept = std::sqrt(1 - eta_ * eta_);
    const Spectral& basis = *problem.op.spectral();
    const MeasuredComponents measured = measured_components(basis, problem.y, problem.sigma_y);
    if (problem.sigma_y == 0) {
      constexpr double least = 0.03;  // the authors count smaller singular values of blurs as 0
      const Tensor seen = basis.singular_values() > least;
      const Tensor x0_y = at::where(seen, measured.value, basis.v_transpose(at.x0));
      return basis.v(x0_y) * a + (n * eta_ + at.eps * kept) * sigma_t;
    }
    const Tensor seen = measured.sigma.isfinite();
    const Tensor noise_of_y = measured.sigma * a;  // infinite where nothing is measured
    const Tensor x0 = basis.v_transpose(at.x0);
    const Tensor coarse = noise_of_y > sigma_t;  // y knows less than the level does
    const Tensor lambda = at::where(coarse, sigma_t * kept / noise_of_y, 1.0);
    const Tensor x0_y = at::where(seen, x0 - lambda * (x0 - measured.value), x0);
    const Tensor room = (sigma_t * sigma_t - at::where(coarse, 0.0, noise_of_y).square()).clamp_min(0).sqrt();
    const Tensor scale = at::where(coarse, sigma_t * eta_, room);
    const Tensor old = at::where(seen, 0.0, basis.v_transpose(at.eps)) * (sigma_t * kept);
    return basis.v(x0_y * a + basis.v_transpose(n) * scale + old);
  }

  /// Eqs. 17 to 19 with one lambda and gamma for all components, in the authors' simplified form.
  [[nodiscard]] Tensor simplified_step(const Problem& problem, const Denoised& at, double abar, const Tensor& n) const {
    const double sigma_t = std::sqrt(1 - abar * abar);
    const double of_y = abar * problem.sigma_y;
    const bool fine = sigma_t >= of_y;
    const double lambda = fine ? 1.0 : sigma_t / of_y;
    const double gamma = fine ? std::sqrt(sigma_t * sigma_t - of_y * of_y) : 0.0;
    const Tensor x0_y = at.x0 - problem.op.pseudo_inverse(problem.op.forward(at.x0) - problem.y) * lambda;
    const Tensor noise = n * eta_ + at.eps * std::sqrt(1 - eta_ * eta_);
    return x0_y * std::sqrt(abar) + noise * (gamma * std::sqrt(1 - abar));
  }

  std::int64_t steps_;
  double eta_;
  std::int64_t length_;
  std::int64_t repeat_;
  bool simplified_;
};

/// The moves down, each of which denoises once.
Cost ddnm_cost(const OptionValues& options) {
  const std::vector<std::int64_t> visited =
      travelled_steps(options.integer("steps"), options.integer("travel_length"), options.integer("travel_repeat"));
  Cost cost;
  for (std::size_t k = 0; k + 1 < visited.size(); ++k) cost.forward += visited[k + 1] < visited[k] ? 1 : 0;
  return cost;
}

}  // namespace

MethodEntry ddnm_entry() {
  return {
      .name = "ddnm",
      .title = "Denoising diffusion null-space model; with noise DDNM+",
      .paper = "Wang et al. 2023, arXiv 2212.00490",
      .needs = {.linear = true, .svd = true},
      .options = {steps_option(100),
                  {"eta", 0.85, "new noise where the measurement sees nothing; without noise everywhere", 0, 1},
                  {"travel_length", std::int64_t{1}, "steps that time travel goes back", 1, 1000},
                  {"travel_repeat", std::int64_t{1}, "times that each stretch is sampled; 1: no time travel", 1, 100},
                  as_published_option("the form without a decomposition, which takes abar for its root")},
      .cost = [](const OptionValues& options, double) { return ddnm_cost(options); },
      .make = [](const OptionValues& options) { return std::make_unique<Ddnm>(options); },
      .without_noise = "",
      .tunable = {Tunable::linear("eta", 0, 1)},
  };
}

}  // namespace dpsbench
