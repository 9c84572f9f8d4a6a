#include "methods/parts/implied_score.h"

#include <cmath>

#include "core/ancestral.h"
#include "core/error.h"

namespace dpsbench {
namespace {

/// Starts a sampler at a state, and gives all noise of its step a sign.
class StartAt final : public Noise {
 public:
  StartAt(const Noise& noise, const Tensor& x_t, std::int64_t pair, double sign)
      : noise_(noise), x_t_(x_t), pair_(pair), sign_(sign) {}

  [[nodiscard]] Tensor normal(Purpose purpose, std::int64_t step, const std::vector<std::int64_t>& shape,
                              const TensorOptions& options) const override {
    if (purpose == Purpose::initial) return x_t_;
    return noise_.normal(purpose, step + pair_ * steps_apart, shape, options) * sign_;
  }
  [[nodiscard]] Tensor uniform(Purpose purpose, std::int64_t step, const std::vector<std::int64_t>& shape,
                               const TensorOptions& options) const override {
    return noise_.uniform(purpose, step, shape, options);
  }
  [[nodiscard]] std::vector<std::uint64_t> streams() const override { return noise_.streams(); }
  [[nodiscard]] std::int64_t images() const override { return noise_.images(); }

 private:
  static constexpr std::int64_t steps_apart = 1 << 20;  // beyond what a step numbers its draws with
  const Noise& noise_;
  const Tensor& x_t_;
  std::int64_t pair_;
  double sign_;
};

/// Keeps the state after the first step and ends the sampler there.
class FirstStep final : public Observer {
 public:
  struct Taken {};
  void on_step(const StepRecord& record) override {
    state = record.state;
    throw Taken();
  }
  Tensor state;
};

}  // namespace

ImpliedScore::ImpliedScore(const MethodEntry& entry, const OptionValues& options)
    : entry_(entry),
      options_(options.all()),
      steps_(entry.follows_score ? options.integer("steps") : 0),
      eta_(options.all().contains("eta") ? options.real("eta") : 1.0) {
  if (!entry.follows_score) throw UserError("method '{}' has no reverse step that follows a score", entry.name);
  // moves of another kind before a step are none of its own
  if (options_.contains("langevin_steps")) options_["langevin_steps"] = std::int64_t{0};
  if (options_.contains("start")) options_["start"] = std::string("noise");  // which StartAt replaces by the state
}

Tensor ImpliedScore::at(const Problem& problem, std::int64_t i, const Tensor& x_t) const {
  constexpr std::int64_t pairs = 2;  // one would do for steps linear in their noise; those of DSG and LGD-MC are not
  const NoiseSchedule schedule = problem.schedule.respaced(steps_).first(i + 1);
  std::map<std::string, OptionValue> options = options_;
  options["steps"] = i + 1;
  const auto method = entry_.make(OptionValues(entry_.options, options));
  Tensor mean = at::zeros_like(x_t);
  for (std::int64_t pair = 0; pair < pairs; ++pair)
    for (const double sign : {1.0, -1.0}) {
      const StartAt noise(problem.noise, x_t, pair, sign);
      FirstStep step;
      try {
        (void)method->sample({problem.prior, schedule, problem.op, problem.y, problem.sigma_y, noise}, step);
      } catch (const FirstStep::Taken&) {
        mean = mean + step.state / (2.0 * pairs);
      }
    }
  // mean = sqrt(abar') x0' + spread (x_t - sqrt(abar) x0') / sqrt(1 - abar), solved for x0' (core/ancestral.h)
  const double abar = schedule.alpha_bar(i);
  const double next = schedule.alpha_bar_previous(i);
  const double deviation = ddim_deviation(schedule, i, eta_);
  const double spread = std::sqrt(std::max(0.0, 1 - next - deviation * deviation)) / std::sqrt(1 - abar);
  const Tensor x0 = (mean - x_t * spread) / (std::sqrt(next) - spread * std::sqrt(abar));
  return (x0 * std::sqrt(abar) - x_t) / (1 - abar);
}

}  // namespace dpsbench
