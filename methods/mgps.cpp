// MGPS: Moufad, Janati et al., Variational Diffusion Posterior Sampling with Midpoint Guidance, ICLR 2025, Algorithm 1
// as the authors' code has it. From level t to the next one s the sampler goes by a midpoint m = midpoint * s: a
// Gaussian q = N(mean, diag(deviation^2)) of x_m is fitted, by Adam with one draw a step, to minimize
//   KL(q || q(x_m | x0hat(x_t), x_t)) - E_q log p(y | x0hat(x_m)),
// gradients through the network; x_m is drawn from it and x_s from the bridge q(x_s | x_m, x_t). The next fit starts at
// the bridge of x0hat(x_m). Above `warm_above` that estimate is better: x_1, fitted likewise given x_m to the prior's
// score at the least level and to p(y | x_1), stands for the image. x0hat is not clamped. Times count as theirs, 0 the
// image and 1 the least noisy level; a network is told its own level's time, where theirs is told the next one's. Where
// midpoint * s is below 1 (more than 500 steps) theirs divides by zero; 1 is taken here.
#include <cmath>

#include "core/denoised.h"
#include "core/method_entry.h"
#include "methods/parts/adam.h"
#include "methods/parts/noise_like.h"

namespace dpsbench {
namespace {

/// q(x_t | x_l, x_s) of the forward process, t between the noisier l and s: Gaussian.
struct Bridge {
  double of_noisier;  ///< weights of its mean
  double of_cleaner;
  double deviation;

  Bridge(double abar_l, double abar_t, double abar_s) {
    const double from_s = abar_t / abar_s;
    const double to_l = abar_l / abar_t;
    const double room = 1 - from_s * to_l;
    of_noisier = std::sqrt(to_l) * (1 - from_s) / room;
    of_cleaner = std::sqrt(from_s) * (1 - to_l) / room;
    deviation = std::sqrt((1 - to_l) * (1 - from_s) / room);
  }
  [[nodiscard]] Tensor mean(const Tensor& x_l, const Tensor& x_s) const { return x_l * of_noisier + x_s * of_cleaner; }
};

/// A mean-field Gaussian, fitted by Adam to gradients at draws of it.
class MeanField {
 public:
  MeanField(const Tensor& mean, double deviation, double lr)
      : mean_(mean), log_deviation_(at::full_like(mean, std::log(deviation))), of_mean_(lr), of_deviation_(lr) {}

  [[nodiscard]] Tensor draw(const Tensor& z) const { return mean_ + log_deviation_.exp() * z; }
  [[nodiscard]] const Tensor& mean() const { return mean_; }

  /// gradient: of the loss at draw(z). The loss has -log deviation, and a term of its own that pulls the mean by
  /// `pull` and is precision * deviation^2 / 2.
  void step(const Tensor& gradient, const Tensor& z, const Tensor& pull, double precision) {
    const Tensor deviation = log_deviation_.exp();
    log_deviation_ = of_deviation_.step(log_deviation_, gradient * z * deviation - 1 + deviation.square() * precision);
    mean_ = of_mean_.step(mean_, gradient + pull);
  }

 private:
  Tensor mean_;
  Tensor log_deviation_;
  Adam of_mean_;
  Adam of_deviation_;
};

/// A run: the problem, its levels by the authors' times, and its draws, numbered as they come.
class MgpsRun {
 public:
  MgpsRun(const Problem& problem, double lr) : problem_(problem), lr_(lr) {}

  [[nodiscard]] Tensor normal(const Tensor& like) { return normal_like(problem_.noise, Purpose::step, draws_++, like); }
  [[nodiscard]] Tensor estimate(const Tensor& x, std::int64_t time) const {
    return denoise(problem_.prior, x, problem_.schedule.level(time - 1), false, Gradient::none).x0;
  }
  [[nodiscard]] Bridge bridge(std::int64_t l, std::int64_t t, std::int64_t s) const {
    return {abar(l), abar(t), abar(s)};
  }

  /// x_m. x_s: what the fit starts from, at time s.
  [[nodiscard]] Tensor midpoint(const Tensor& x_t, std::int64_t t, std::int64_t m, const Tensor& x_s, std::int64_t s,
                                std::int64_t tries) {
    const Bridge start = bridge(t, m, s);
    const Bridge prior = bridge(t, m, 0);
    MeanField q(start.mean(x_t, x_s), start.deviation, lr_);
    const Tensor prior_mean = prior.mean(x_t, estimate(x_t, t));
    const double precision = 1 / (prior.deviation * prior.deviation);
    for (std::int64_t k = 0; k < tries; ++k) {
      const Tensor z = normal(x_t);
      const Tensor x_m = q.draw(z);
      Tensor gradient;
      if (m > 1) {
        const Denoised at = denoise(problem_.prior, x_m, problem_.schedule.level(m - 1), false, Gradient::wanted);
        gradient = at.pull_back({misfit(at.x0)})[0];
      } else {
        gradient = misfit(x_m);
      }
      q.step(gradient, z, (q.mean() - prior_mean) * precision, precision);
    }
    return q.draw(normal(x_t));
  }

  /// x_1 given x_m: the prior's density there by its score alone.
  [[nodiscard]] Tensor image_behind(const Tensor& x_m, std::int64_t m, std::int64_t tries) {
    const Bridge start = bridge(m, 1, 0);
    MeanField q(start.mean(x_m, estimate(x_m, m)), start.deviation, lr_);
    const double kept = std::sqrt(abar(m) / abar(1));
    const double precision = kept * kept / (1 - kept * kept);  // of log p(x_m | x_1) in x_1
    for (std::int64_t k = 0; k < tries; ++k) {
      const Tensor z = normal(x_m);
      const Tensor x_1 = q.draw(z);
      const Tensor gradient = misfit(x_1) - problem_.prior.score(x_1, problem_.schedule.level(0));
      q.step(gradient, z, (q.mean() - x_m / kept) * precision, precision);
    }
    return q.draw(normal(x_m));
  }

 private:
  [[nodiscard]] double abar(std::int64_t time) const { return time == 0 ? 1.0 : problem_.schedule.alpha_bar(time - 1); }

  /// The gradient of -log p(y | x).
  [[nodiscard]] Tensor misfit(const Tensor& x) const {
    const double variance = problem_.sigma_y * problem_.sigma_y;
    return problem_.op.vjp(x, (problem_.op.forward(x) - problem_.y) * (1 / variance));
  }

  const Problem& problem_;
  double lr_;
  std::int64_t draws_ = 0;
};

/// How a run goes from one level to the next.
struct Leap {
  std::int64_t from;
  std::int64_t midpoint;
  std::int64_t to;
  std::int64_t tries;
  bool warm;
};

/// `trained`: steps of the training schedule.
std::vector<Leap> leaps(const OptionValues& options, std::int64_t trained) {
  constexpr std::int64_t first_levels = 5;
  constexpr std::int64_t last_levels = 20;
  const std::int64_t steps = options.integer("steps");
  const auto time = [&](std::int64_t i) { return (trained - 1) * i / (steps - 1); };
  std::vector<Leap> all;
  for (std::int64_t i = steps - 1; i > 1; --i) {
    std::int64_t tries = options.integer("gradient_steps");
    if (i > last_levels && i >= steps - first_levels) {
      tries = options.integer("first_gradient_steps");
    } else if (i > last_levels && i % options.integer("more_every") == 0) {
      tries = options.integer("more_gradient_steps");
    }
    const auto middle = static_cast<std::int64_t>(options.real("midpoint") * static_cast<double>(time(i - 1)));
    const std::int64_t m = std::max<std::int64_t>(middle, 1);
    const bool warm = time(i) * 1000 >= options.integer("warm_above") * trained && m > 1;
    all.push_back({time(i), m, time(i - 1), tries, warm});
  }
  return all;
}

class Mgps final : public Method {
 public:
  explicit Mgps(const OptionValues& options) : options_(options) {}

  Tensor sample(const Problem& problem, Observer& observer) const override {
    const std::int64_t trained = problem.schedule.steps();
    const std::vector<Leap> all = leaps(options_, trained);
    const auto total = static_cast<std::int64_t>(all.size()) + 1;
    const ImageShape shape = problem.shape();
    MgpsRun run(problem, options_.real("lr"));
    Tensor x =
        problem.noise.normal(Purpose::initial, 0, {shape.channels, shape.height, shape.width}, problem.options());
    Tensor x0 = run.estimate(x, trained - 1);
    for (std::int64_t k = 0; k + 1 < total; ++k) {
      const Leap& leap = all[static_cast<std::size_t>(k)];
      const Tensor x_m = run.midpoint(x, leap.from, leap.midpoint, x0, leap.warm ? 1 : 0, leap.tries);
      if (leap.warm) x0 = run.image_behind(x_m, leap.midpoint, leap.tries);
      const Bridge onward = run.bridge(leap.from, leap.to, leap.warm ? 1 : leap.midpoint);
      x = onward.mean(x, leap.warm ? x0 : x_m) + run.normal(x) * onward.deviation;
      if (!leap.warm) x0 = run.estimate(x_m, leap.midpoint);
      observer.on_step({k + 1, total, x, x0, {}});
    }
    x = run.estimate(x, all.empty() ? trained - 1 : all.back().to);
    observer.on_step({total, total, x, x, {}});
    return x;
  }

 private:
  OptionValues options_;
};

Cost mgps_cost(const OptionValues& options) {
  Cost cost{2, 0};
  for (const Leap& leap : leaps(options, 1000)) {
    const auto tries = static_cast<double>(leap.tries);
    const double through = leap.midpoint > 1 ? tries : 0;
    cost.forward += 2 + through + (leap.warm ? tries : 0);
    cost.backward += through;
  }
  return cost;
}

}  // namespace

MethodEntry mgps_entry() {
  return {
      .name = "mgps",
      .title = "Midpoint guidance posterior sampling",
      .paper = "Moufad et al. 2025, arXiv 2410.09945",
      .needs = {.gradient = true},
      .options = {{"steps", std::int64_t{300}, "levels, evenly over the 1000 of training", 2, 1000},
                  {"midpoint", 0.5, "where the guidance is worked out: this share of the next level's time", 0, 1},
                  {"lr", 0.03, "learning rate of Adam", 1e-12},
                  {"gradient_steps", std::int64_t{2}, "steps of Adam at a level", 0, 1000},
                  {"first_gradient_steps", std::int64_t{20}, "at the first five levels", 0, 1000},
                  {"more_gradient_steps", std::int64_t{20}, "at every more_every-th level but the last 20", 0, 1000},
                  {"more_every", std::int64_t{10}, "how often there are more_gradient_steps", 1, 1000},
                  {"warm_above", std::int64_t{700},
                   "from this time of 1000 on a second fit gives the image that the next one starts from; above 1000: "
                   "none",
                   0, 2000}},
      .cost = [](const OptionValues& options, double) { return mgps_cost(options); },
      .make = [](const OptionValues& options) { return std::make_unique<Mgps>(options); },
      .without_noise = "its fits weigh the measurement by 1 / sigma_y^2",
      .tunable = {Tunable::log("lr", 3e-3, 0.3), Tunable::linear("midpoint", 0.1, 1)},
  };
}

}  // namespace dpsbench
