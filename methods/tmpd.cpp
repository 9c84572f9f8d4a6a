// TMPD: Boys et al., Tweedie Moment Projected Diffusions for Inverse Problems, TMLR 2024. p(y | x_t) is taken as
// N(A x0hat, A C_t A^T + sigma_y^2 I) with Tweedie's covariance C_t = c J, c = (1 - abar) / sqrt(abar), J = d x0hat / d
// x_t, and differentiated through its mean alone: exact for a Gaussian prior, and without a step size.
// `row_sum`, the authors' version for images, puts the row sums of A J A^T in place of the matrix, which takes them for
// diagonal and A 1 = 1 where anything is measured: two passes back, one after the other. `full` forms the matrix from a
// pass for each number measured. x0hat is not clamped, in either, nor by the authors: a clamped pixel has no J, which
// here would mean that its x_0 is known without error.
// A trained network's J is no covariance: row sums can be negative and the step explode. They are floored at 0;
// `as_published` leaves them.
#include <cmath>

#include "core/ancestral.h"
#include "core/denoised.h"
#include "core/method_entry.h"
#include "methods/parts/shared_options.h"

namespace dpsbench {
namespace {

class Tmpd final : public Method {
 public:
  explicit Tmpd(const OptionValues& options)
      : steps_(options.integer("steps")),
        full_(options.word("covariance") == "full"),
        as_published_(options.flag("as_published")) {}

  Tensor sample(const Problem& problem, Observer& observer) const override {
    const NoiseSchedule schedule = problem.schedule.respaced(steps_);
    return reverse_loop(schedule, problem.shape(), problem.options(), problem.noise, observer,
                        [&](std::int64_t i, const Tensor& x_t) -> ReverseStep {
                          const NoiseLevel level = schedule.level(i);
                          const Denoised at = denoise(problem.prior, x_t, level, false, Gradient::wanted);
                          const Tensor shift =
                              full_ ? full_shift(problem, at, level) : row_sum_shift(problem, at, x_t, level);
                          const Tensor x0 = at.x0 + shift;  // Tweedie's formula for the posterior score
                          return {ancestral_step(schedule, i, x0, x_t, at.variance_fraction, problem.noise), x0, {}};
                        });
  }

 private:
  /// sigma_y^2 / c.
  static double noise_share(const Problem& problem, const NoiseLevel& level) {
    return problem.sigma_y * problem.sigma_y * std::sqrt(level.alpha_bar) / (1 - level.alpha_bar);
  }

  /// J^T A^T (r / (A J^T A^T A 1 + sigma_y^2 / c)).
  [[nodiscard]] Tensor row_sum_shift(const Problem& problem, const Denoised& at, const Tensor& x_t,
                                     const NoiseLevel& level) const {
    const Operator& op = problem.op;
    const Tensor of_ones = adjoint(op, op.forward(at::ones_like(x_t)));
    Tensor row_sums = op.forward(at.pull_back({of_ones})[0]);
    if (!as_published_) row_sums = row_sums.clamp_min(0);
    const Tensor residual = problem.y - op.forward(at.x0);
    const Denoised again = denoise(problem.prior, x_t, level, false, Gradient::wanted);
    return again.pull_back({adjoint(op, residual / (row_sums + noise_share(problem, level)))})[0];
  }

  /// H^T (H A^T + sigma_y^2 / c)^{-1} r, H = A J, the matrix made symmetric.
  [[nodiscard]] static Tensor full_shift(const Problem& problem, const Denoised& at, const NoiseLevel& level) {
    const Tensor residual = (problem.y - problem.op.forward(at.x0)).flatten(1);  // [B, m]
    const std::int64_t m = residual.size(1);
    std::vector<Tensor> rows;
    for (std::int64_t k = 0; k < m; ++k) {
      Tensor unit = at::zeros_like(residual);
      unit.select(1, k).fill_(1);
      rows.push_back(adjoint(problem.op, unit.reshape(problem.y.sizes())));
    }
    const std::vector<Tensor> h = at.pull_back(rows);  // row k of H: J^T A^T e_k
    std::vector<Tensor> columns;
    for (const Tensor& row : h) columns.push_back(problem.op.forward(row).flatten(1));
    const Tensor through = at::stack(columns, 2);  // A H^T, [B, m, m]
    const Tensor noise = at::eye(m, residual.options()) * noise_share(problem, level);
    const Tensor matrix = (through + through.transpose(1, 2)) * 0.5 + noise;
    const Tensor solved = at::linalg_solve(matrix, residual.unsqueeze(2)).squeeze(2);
    Tensor shift = at::zeros_like(at.x0);
    for (std::int64_t k = 0; k < m; ++k)
      shift = shift + h[static_cast<std::size_t>(k)] * per_image(solved.select(1, k), at.x0);
    return shift;
  }

  std::int64_t steps_;
  bool full_;
  bool as_published_;
};

}  // namespace

MethodEntry tmpd_entry() {
  return {
      .name = "tmpd",
      .title = "Tweedie moment projected diffusion",
      .paper = "Boys et al. 2024, arXiv 2310.06721",
      .needs = {.gradient = true, .linear = true},
      .options = {steps_option(),
                  {"covariance",
                   std::string("row_sum"),
                   "of A x_0 given x_t: its row sums, or the full matrix, for a handful of measured numbers only",
                   -1,
                   1,
                   {"row_sum", "full"}},
                  as_published_option("row sums below 0 are left, though no covariance has them")},
      .cost =
          [](const OptionValues& options, double) {
            const auto steps = static_cast<double>(options.integer("steps"));
            const bool full = options.word("covariance") == "full";  // its passes back are as many as y has numbers
            return full ? Cost{steps, steps} : Cost{2 * steps, 2 * steps};
          },
      .make = [](const OptionValues& options) { return std::make_unique<Tmpd>(options); },
      .follows_score = true,
      .without_noise = "its row sums of A H^T are divided by, with nothing but sigma_y^2 to keep them from 0",
  };
}

}  // namespace dpsbench
