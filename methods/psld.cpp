// PSLD: Rout et al., Solving Linear Inverse Problems Provably via Posterior Sampling with Latent Diffusion Models,
// NeurIPS 2023, Algorithm 2. A DDIM step of latents, then a step against the gradients of two norms at z0hat:
//   omega ||A D(z0hat) - y||                                        the measurement, as DPS of latents
//   gamma ||E(A^T y + (I - A^T A) D(z0hat)) - z0hat||               the gluing term: z0hat is to be the latent of the
//   image
//                                                                   that the measurement completes
// both unsquared, as the authors' code has them (the paper squares them), with norms per image: theirs are of the whole
// batch. `as_published`: their code adds fresh measurement noise to the *prediction* A D(z0hat) at every step, so that
// the residual is never below sqrt(2) times the noise.
#include "core/ancestral.h"
#include "core/denoised.h"
#include "core/error.h"
#include "core/latent/decoded_operator.h"
#include "core/method_entry.h"
#include "methods/parts/noise_like.h"
#include "methods/parts/shared_options.h"
#include "methods/parts/strided_schedule.h"

namespace dpsbench {
namespace {

/// v / ||v|| of each image; 0 where v is 0, which has no direction.
Tensor direction(const Tensor& v) { return v / per_image(image_norm(v).clamp_min(1e-12), v); }

class Psld final : public Method {
 public:
  explicit Psld(const OptionValues& options)
      : steps_(options.integer("steps")),
        omega_(options.real("omega")),
        gamma_(options.real("gamma")),
        eta_(options.real("eta")),
        as_published_(options.flag("as_published")) {}

  Tensor sample(const Problem& problem, Observer& observer) const override {
    if (problem.decoded == nullptr) throw Error("psld: this is a problem of images");
    const NoiseSchedule schedule = strided_schedule(problem.schedule, steps_);
    const bool clip = problem.prior.clips_denoised();
    const Tensor y = problem.decoded->measurement_of(problem.y);
    const Tensor completes = adjoint(problem.decoded->images(), y);  // A^T y
    return reverse_loop(schedule, problem.shape(), problem.options(), problem.noise, observer,
                        [&](std::int64_t i, const Tensor& z_t) -> ReverseStep {
                          const Denoised at = denoise(problem.prior, z_t, schedule.level(i), clip, Gradient::wanted);
                          const Tensor z_prime = ddim_step(schedule, i, at.x0, z_t, eta_, problem.noise);
                          const Tensor of_estimate = gradient(problem, y, completes, at.x0, i);
                          return {z_prime - at.pull_back({of_estimate})[0], at.x0, {}};
                        });
  }

 private:
  /// The gradient of both norms with respect to z0hat.
  [[nodiscard]] Tensor gradient(const Problem& problem, const Tensor& y, const Tensor& completes, const Tensor& z0,
                                std::int64_t i) const {
    const Operator& a = problem.decoded->images();
    const Autoencoder& coder = problem.decoded->autoencoder();
    const CodingPass image = coder.decode(z0, Gradient::wanted);
    const Tensor seen = a.forward(image.value);
    Tensor residual = seen - y;
    if (as_published_) {
      Tensor fresh = normal_like(problem.noise, Purpose::inner, i, residual) * problem.sigma_y;
      if (const Tensor measured = a.measured(); measured.defined()) fresh = fresh * measured;
      residual = residual + fresh;
    }
    const CodingPass glued = coder.encode(completes + image.value - adjoint(a, seen), Gradient::wanted);
    const Tensor apart = direction(glued.value - z0);
    const Tensor of_glue = glued.pull_back({apart})[0];
    const Tensor of_image =
        adjoint(a, direction(residual)) * omega_ + (of_glue - adjoint(a, a.forward(of_glue))) * gamma_;
    return image.pull_back({of_image})[0] - apart * gamma_;
  }

  std::int64_t steps_;
  double omega_;
  double gamma_;
  double eta_;
  bool as_published_;
};

}  // namespace

MethodEntry psld_entry() {
  return {
      .name = "psld",
      .title = "Posterior sampling with latent diffusion",
      .paper = "Rout et al. 2023, arXiv 2307.00619",
      .needs = {.gradient = true, .linear = true, .latents = true},
      .options = {steps_option(),
                  {"omega", 0.1, "factor on the gradient of ||A D(z0hat) - y||", 0},
                  {"gamma", 0.1, "factor on that of the gluing term", 0},
                  eta_option(0),
                  as_published_option("fresh noise sigma_y is added to the predicted measurement at every step")},
      .cost =
          [](const OptionValues& options, double) {
            const auto steps = static_cast<double>(options.integer("steps"));
            return Cost{steps, steps};
          },
      .make = [](const OptionValues& options) { return std::make_unique<Psld>(options); },
      .without_noise = "",
      .coding =
          [](const OptionValues& options) {
            const auto steps = static_cast<double>(options.integer("steps"));
            return CodingCost{steps, steps, steps, steps};
          },
      .tunable = {Tunable::log("omega", 0.02, 20), Tunable::log("gamma", 0.01, 10)},
  };
}

}  // namespace dpsbench
