// FGPS: Thaker, Goyal & Vidal, Frequency-Guided Posterior Sampling for Diffusion-Based Image Restoration, ICCV 2025.
// DPS on a residual whose high spatial frequencies are left out while x_t is noisy: those below a cutoff that rises
// from `cutoff_start` at t = 999 to `cutoff_end` at t = 0, as shares of the sampling frequency (theirs are cycles of a
// 256 x 256 image). The measurement must be a picture. The step size falls along a cosine from scale_start to
// scale_end. That order is a guess: the authors' code has the cosine between two names it never defines, and their
// configurations call the fall linear; read with scale_start first it would rise while sampling. Like their code, and
// like DPS's, from which it derives, this clamps the x0hat of a network.
#include <cmath>
#include <numbers>

#include "core/ancestral.h"
#include "core/denoised.h"
#include "core/error.h"
#include "core/method_entry.h"
#include "methods/parts/shared_options.h"

namespace dpsbench {
namespace {

/// The distance of each Fourier coefficient of an image from frequency 0, in cycles a pixel: [h, w].
Tensor frequency_radius(const Tensor& image) {
  const Tensor rows = at::fft_fftfreq(image.size(-2), 1.0, image.options()).unsqueeze(1);
  const Tensor columns = at::fft_fftfreq(image.size(-1), 1.0, image.options());
  return (rows.square() + columns.square()).sqrt();
}

class Fgps final : public Method {
 public:
  explicit Fgps(const OptionValues& options) : options_(options) {}

  Tensor sample(const Problem& problem, Observer& observer) const override {
    if (problem.y.dim() != 4) throw UserError("method 'fgps' needs a measurement that is a picture");
    const NoiseSchedule schedule = problem.schedule.respaced(options_.integer("steps"));
    const bool clip = problem.prior.clips_denoised();
    const Tensor frequency = frequency_radius(problem.y);
    return reverse_loop(
        schedule, problem.shape(), problem.options(), problem.noise, observer,
        [&](std::int64_t i, const Tensor& x_t) -> ReverseStep {
          const Denoised at = denoise(problem.prior, x_t, schedule.level(i), clip, Gradient::wanted);
          const Tensor x_prime = ancestral_step(schedule, i, at.x0, x_t, at.variance_fraction, problem.noise);
          const double time = schedule.level(i).time / last_time;
          const Tensor passed = frequency < cutoff(time);
          const Tensor residual = problem.op.forward(at.x0) - problem.y;
          // the mask depends on the radius alone, so that the low pass is real and its own transpose
          const Tensor low = at::real(at::fft_ifft2(at::fft_fft2(residual) * passed));
          const Tensor length = image_norm(low).clamp_min(smallest_length);
          const Tensor gradient = at.pull_back({problem.op.vjp(at.x0, low / per_image(length, low))})[0];
          return {x_prime - gradient * scale(time), at.x0, scale(time) / (2 * length)};
        });
  }

 private:
  /// c(t), time = t / 999.
  [[nodiscard]] double cutoff(double time) const {
    const double start = options_.real("cutoff_start");
    const double end = options_.real("cutoff_end");
    const double left = options_.word("cutoff_curve") == "exponential" ? std::exp(-5 * (1 - time)) : time;
    return end - (end - start) * left;
  }

  [[nodiscard]] double scale(double time) const {
    const double start = options_.real("scale_start");
    const double end = options_.real("scale_end");
    return end + (start - end) * (1 - std::cos(std::numbers::pi * time)) / 2;
  }

  static constexpr double last_time = 999;
  static constexpr double smallest_length = 1e-12;
  OptionValues options_;
};

}  // namespace

MethodEntry fgps_entry() {
  return {
      .name = "fgps",
      .title = "Frequency-guided posterior sampling",
      .paper = "Thaker et al. 2025, arXiv 2411.15295",
      .needs = {.gradient = true},
      .options = {steps_option(),
                  {"scale_start", 5.0, "factor on the gradient of the low-passed ||y - A x0hat|| at t = 999", 0},
                  {"scale_end", 1.0, "the same at t = 0", 0},
                  {"cutoff_start", 10.0 / 256, "frequencies below this many cycles a pixel count at t = 999", 0, 1},
                  {"cutoff_end", 75.0 / 256, "the same at t = 0; 0.71 lets all through", 0, 1},
                  {"cutoff_curve", std::string("exponential"), "between the two", -1, 1, {"exponential", "linear"}}},
      .cost =
          [](const OptionValues& options, double) {
            const auto steps = static_cast<double>(options.integer("steps"));
            return Cost{steps, steps};
          },
      .make = [](const OptionValues& options) { return std::make_unique<Fgps>(options); },
      .only_tasks = {"denoising", "inpainting", "box_inpainting", "half_inpainting", "super_resolution",
                     "super_resolution_pooling", "colorization", "gaussian_blur", "uniform_blur", "motion_blur",
                     "phase_retrieval", "high_dynamic_range", "jpeg", "imputation", "circular_blur"},
      .follows_score = true,
      .without_noise = "",
      .tunable = {Tunable::log("scale_start", 0.1, 20), Tunable::log("scale_end", 0.1, 20),
                  Tunable::log("cutoff_start", 0.004, 0.71), Tunable::log("cutoff_end", 0.004, 0.71),
                  Tunable::choice("cutoff_curve", {std::string("exponential"), std::string("linear")})},
  };
}

}  // namespace dpsbench
