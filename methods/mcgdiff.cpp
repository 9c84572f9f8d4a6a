// MCG-Diff: Cardoso et al., Monte Carlo Guided Denoising Diffusion Models for Bayesian Linear Inverse Problems,
// ICLR 2024, Algorithms 1 and 2. In the singular basis of A each measured component, ybar = U^T y / S, is a view of x_0
// with noise kappa = sigma_y / S: in law, the component of u = x_t / sqrt(abar_t) at sigma_t = kappa. Until then
// particles follow the DDIM kernel fused with that view, resampled at every step by how well they foresaw it; then
// plain DDIM. Each component passes its own level kappa exactly, inside the step that crosses it: there it takes the
// value ybar and goes on with the x0hat of its ancestor. (The authors round kappa to a kept step.) Particles start from
// the fused law, as in the paper. ParticleResampling is systematic: multinomial draws at every step, as published,
// would lose most particles to chance alone. `as_published` models a defect of the authors' code: multinomial draws, a
// start from the prior, and at the end one particle drawn in proportion to its likelihood, so that y counts twice: the
// particles have been conditioned on it already. It is not their code: that also divides the last weight by the
// likelihood at the lowest level kappa with a spread of 0.01, rounds levels to kept steps, and draws so only where
// sigma_y > 0, which their configurations for images do not have. The default is one of the particles, each alike.
// x0hat is not clamped.
#include <cmath>

#include "core/denoised.h"
#include "core/method_entry.h"
#include "methods/parts/measured_components.h"
#include "methods/parts/particles.h"
#include "methods/parts/shared_options.h"

namespace dpsbench {
namespace {

/// Variance of a component of u at noise sigma > kappa, given its view; the mean is ybar.
Tensor view_variance(const MeasuredComponents& view, const Tensor& sigma) {
  return (sigma - view.sigma) * (sigma + view.sigma);
}

/// Of every particle, in the basis: [M, B, n].
struct Estimates {
  Tensor x0;
  Tensor eps;
};

/// log N(u; mean, variance) up to a constant, summed over the components of `mask`: [M, B, n] -> [M, B].
Tensor log_gaussian(const Tensor& u, const Tensor& mean, const Tensor& variance, const Tensor& mask) {
  return at::where(mask, (u - mean).square() / variance * -0.5, 0.0).sum(2);
}

/// Standard normal numbers of every particle in the basis, where they are as normal: [M, B, n].
Tensor particle_noise(const Spectral& basis, const Problem& problem, std::int64_t particles, Purpose purpose,
                      std::int64_t step) {
  const ImageShape shape = problem.shape();
  const Tensor z =
      problem.noise.normal(purpose, step, {particles, shape.channels, shape.height, shape.width}, problem.options());
  std::vector<Tensor> rotated;
  for (const Tensor& particle : z.unbind(1)) rotated.push_back(basis.v_transpose(particle));
  return at::stack(rotated);
}

Estimates estimate(const Spectral& basis, const Prior& prior, const Tensor& u, const NoiseLevel& level) {
  std::vector<Tensor> x0;
  std::vector<Tensor> eps;
  for (const Tensor& particle : u.unbind(0)) {
    const Denoised at = denoise(prior, basis.v(particle) * std::sqrt(level.alpha_bar), level, false, Gradient::none);
    x0.push_back(basis.v_transpose(at.x0));
    eps.push_back(basis.v_transpose(at.eps));
  }
  return {at::stack(x0), at::stack(eps)};
}

class McgDiff final : public Method {
 public:
  explicit McgDiff(const OptionValues& options)
      : steps_(options.integer("steps")),
        particles_(options.integer("particles")),
        eta_(options.real("eta")),
        as_published_(options.flag("as_published")) {}

  Tensor sample(const Problem& problem, Observer& observer) const override {
    const NoiseSchedule schedule = problem.schedule.respaced(steps_);
    const Spectral& basis = *problem.op.spectral();
    const MeasuredComponents view = measured_components(basis, problem.y, problem.sigma_y);
    Tensor u = start(view, schedule.level(steps_ - 1).sigma(),
                     particle_noise(basis, problem, particles_, Purpose::initial, 0));
    for (std::int64_t i = steps_ - 1; i >= 0; --i) {
      const Estimates at = estimate(basis, problem.prior, u, schedule.level(i));
      const Tensor z = particle_noise(basis, problem, particles_, Purpose::step, i);
      const double next = i > 0 ? schedule.level(i - 1).sigma() : 0.0;
      u = step(view, schedule.level(i).sigma(), next, u, at, z, problem.noise, i);
      observer.on_step({steps_ - i, steps_, basis.v(u[0]), basis.v(at.x0[0]), {}});
    }
    const Tensor misfit = (u - view.value) / view.sigma;  // the likelihood once more; 0 where S = 0
    const Tensor log_weights = misfit.square().sum(2) * (as_published_ ? -0.5 : 0.0);
    const Tensor chosen = draw_particles(log_weights, 1, ParticleResampling::multinomial, problem.noise, steps_);
    return basis.v(select_particles(u, chosen)[0]);
  }

 private:
  /// u_T = x_T / sqrt(abar_T), x_T ~ N(0, I), fused with the view where that is the better: a product of Gaussians.
  [[nodiscard]] Tensor start(const MeasuredComponents& view, double sigma, const Tensor& z) const {
    const double prior = 1 + sigma * sigma;
    const Tensor free = z * std::sqrt(prior);
    if (as_published_) return free;
    const Tensor v = view_variance(view, at::full_like(view.sigma, sigma));
    const Tensor fused = view.value * (prior / (prior + v)) + (v * prior / (prior + v)).sqrt() * z;
    return at::where(view.sigma < sigma, fused, free);
  }

  /// Resamples the particles at step i and moves them from noise `now` to `next`.
  [[nodiscard]] Tensor step(const MeasuredComponents& view, double now, double next, const Tensor& u,
                            const Estimates& at, const Tensor& z, const Noise& noise, std::int64_t i) const {
    const Tensor active = view.sigma < now;
    const Tensor leaves = active & (view.sigma >= next);
    // where the view is met: at the step's end, or at kappa itself if the step crosses it
    const Tensor to = at::where(leaves, view.sigma, at::full_like(view.sigma, next));
    const Tensor from = at::full_like(view.sigma, now);
    const Tensor v = at::where(leaves, 0.0, view_variance(view, to));
    const Tensor g = ddim_variance(from, to);
    const Tensor mean = at.x0 + at.eps * (to.square() - g).clamp_min(0).sqrt();

    const Tensor log_weights =
        log_gaussian(mean, view.value, g + v, active) - log_gaussian(u, view.value, view_variance(view, from), active);
    const Tensor drawn =
        draw_particles(log_weights, particles_,
                       as_published_ ? ParticleResampling::multinomial : ParticleResampling::systematic, noise, i);
    const Tensor unmoved = at::arange(particles_, drawn.options()).unsqueeze(1);
    const Tensor ancestors = at::where(active.any(1), drawn, unmoved);
    const Tensor mu = select_particles(mean, ancestors);

    const Tensor free = mu + g.sqrt() * z;
    const Tensor gain = g / (g + v);  // of the fusion of N(mu, g) with N(ybar, v)
    const Tensor fused = view.value * gain + mu * (1 - gain) + (v * gain).sqrt() * z;
    const Tensor past = next > 0 ? from_view(view, next, select_particles(at.x0, ancestors), z) : view.value;
    return at::where(leaves, past, at::where(active, fused, free));
  }

  /// A component that is ybar at its level kappa, moved on to noise `next`.
  [[nodiscard]] Tensor from_view(const MeasuredComponents& view, double next, const Tensor& x0, const Tensor& z) const {
    const Tensor g = ddim_variance(view.sigma, at::full_like(view.sigma, next));
    return x0 + (view.value - x0) / view.sigma * (next * next - g).clamp_min(0).sqrt() + g.sqrt() * z;
  }

  /// Of the DDIM step's noise in u (Song et al. 2021, Eq. 16).
  [[nodiscard]] Tensor ddim_variance(const Tensor& from, const Tensor& to) const {
    return (to / from).square() * (from - to).clamp_min(0) * (from + to) * (eta_ * eta_);
  }

  std::int64_t steps_;
  std::int64_t particles_;
  double eta_;
  bool as_published_;
};

}  // namespace

MethodEntry mcgdiff_entry() {
  return {
      .name = "mcgdiff",
      .title = "Monte Carlo guided diffusion: a particle filter in the singular basis",
      .paper = "Cardoso et al. 2024, arXiv 2308.07983",
      .needs = {.linear = true, .svd = true},
      .options = {steps_option(100),
                  {"particles", std::int64_t{64}, "in each image's system, of which one is returned", 1, 10000},
                  {"eta", 1.0, "noise of the DDIM kernel, above 0: 1 as much as DDPM", 0.01, 1},
                  as_published_option(
                      "multinomial resampling, a start from the prior, and the particle returned drawn by its "
                      "likelihood, so that y counts twice; a model of that code, not all of it")},
      .cost =
          [](const OptionValues& options, double) {
            return Cost{static_cast<double>(options.integer("steps") * options.integer("particles")), 0};
          },
      .make = [](const OptionValues& options) { return std::make_unique<McgDiff>(options); },
      .without_noise =
          "its particles are weighted by a likelihood, which without noise has no density; the authors' algorithm "
          "without noise is another one",
      .tunable = {Tunable::linear("eta", 0.05, 1)},
  };
}

}  // namespace dpsbench
