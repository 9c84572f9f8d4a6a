// PnP-DM and DPnP at a fixed coupling rho: the chain's x has the law p(x) N(y; A x, sigma_y^2 I + rho^2 A A^T).
#include <gtest/gtest.h>

#include "tests/methods/closed_forms.h"
#include "tests/methods/problems.h"

namespace dpsbench {
namespace {

class Gibbs : public testing::Test {
 protected:
  static constexpr std::int64_t count = 2000;
  static constexpr double sigma_y = 0.2;
  static constexpr double rho = 0.4;

  /// The posterior of a measurement whose noise is inflated to sigma_y^2 I + rho^2 A A^T.
  [[nodiscard]] std::pair<Tensor, Tensor> inflated() const {
    const Tensor& a = op_.matrix();
    const Tensor noise = at::eye(2, in_double()) * (sigma_y * sigma_y) + a.matmul(a.t()) * (rho * rho);
    const Tensor whiten = at::linalg_inv(at::linalg_cholesky(noise));
    return law_of(posterior_prior(prior_, whiten.matmul(a), whiten.mv(y_), 1));
  }

  [[nodiscard]] Tensor run(const std::string& method, const std::map<std::string, OptionValue>& options) const {
    SilentObserver silent;
    const Problem problem{prior_, schedule_, op_, y_.expand({count, 2}), sigma_y, noise_};
    return make_method(method, options)->sample(problem, silent);
  }

  const GaussianMixturePrior prior_ = correlated_prior();
  const NoiseSchedule schedule_ = NoiseSchedule::linear();
  const MatrixOperator op_ = wide_operator();
  const PhiloxNoise noise_ = noise_of(count);
  const Tensor y_ = at::tensor({0.6, -0.5}, in_double());
  const std::map<std::string, OptionValue> pnp_dm_ = {
      {"steps", std::int64_t{12}}, {"rho", rho}, {"rho_min", rho}, {"decay", 1.0}, {"prior_steps", std::int64_t{400}}};
  const std::map<std::string, OptionValue> dpnp_ = {{"steps", std::int64_t{12}}, {"eta_start", rho}, {"eta_end", rho}};
};

TEST_F(Gibbs, PnpDmSettlesAtThePosteriorOfTheInflatedNoise) {
  expect_gaussian(run("pnp-dm", pnp_dm_), inflated(), 0.02, 0.03);
}

TEST_F(Gibbs, DpnpSettlesAtThePosteriorOfTheInflatedNoise) {
  expect_gaussian(run("dpnp", dpnp_), inflated(), 0.02, 0.03);
}

TEST_F(Gibbs, CostsAreTheEvaluationsMade) {
  class Counting final : public Prior {
   public:
    explicit Counting(const Prior& inner) : inner_(inner) {}
    [[nodiscard]] Evaluation evaluate(const Tensor& x, const NoiseLevel& level, Gradient gradient) const override {
      ++evaluations;
      return inner_.evaluate(x, level, gradient);
    }
    [[nodiscard]] ImageShape shape() const override { return inner_.shape(); }
    [[nodiscard]] TensorOptions options() const override { return inner_.options(); }
    mutable int evaluations = 0;

   private:
    const Prior& inner_;
  };
  const PhiloxNoise one = noise_of(1);
  for (const std::string method : {"pnp-dm", "dpnp"})
    for (const bool as_published : {false, true}) {
      const Counting prior(prior_);
      SilentObserver silent;
      const std::map<std::string, OptionValue> options = {{"steps", std::int64_t{8}}, {"as_published", as_published}};
      std::ignore =
          make_method(method, options)->sample({prior, schedule_, op_, y_.unsqueeze(0), sigma_y, one}, silent);
      const MethodEntry& entry = find_method(method);
      EXPECT_EQ(entry.cost(OptionValues(entry.options, options), sigma_y).forward, prior.evaluations) << method;
    }
}

TEST_F(Gibbs, DpnpCouplingsAreThePublishedOnesInEvaluations) {
  // 40 iterations from eta 1 to 0.1: 5669 evaluations with the authors' grid (counted from the algorithm's own table)
  const MethodEntry& entry = find_method("dpnp");
  EXPECT_EQ(entry.cost(OptionValues(entry.options, {{"as_published", true}}), 0.05).forward, 5669);
}

TEST_F(Gibbs, NonlinearMeasurementsAreMetByLangevinSteps) {
  // the same linear operator, told to be none: a slow Langevin chain must find the exact draw's law
  class Unknown final : public Operator {
   public:
    explicit Unknown(const MatrixOperator& op) : op_(op) {}
    [[nodiscard]] Tensor forward(const Tensor& x) const override { return op_.forward(x); }
    [[nodiscard]] Tensor vjp(const Tensor& x, const Tensor& v) const override { return op_.vjp(x, v); }
    [[nodiscard]] bool is_linear() const override { return false; }
    [[nodiscard]] Tensor pseudo_inverse(const Tensor& y) const override { return op_.pseudo_inverse(y); }
    [[nodiscard]] std::vector<std::int64_t> measurement_shape() const override { return op_.measurement_shape(); }

   private:
    const MatrixOperator& op_;
  };
  const Unknown op(op_);
  std::map<std::string, OptionValue> options = pnp_dm_;
  options["langevin_steps"] = std::int64_t{200};
  options["langevin_lr"] = 2e-3;
  options["prior_steps"] = std::int64_t{100};
  SilentObserver silent;
  const Problem problem{prior_, schedule_, op, y_.expand({count, 2}), sigma_y, noise_};
  expect_gaussian(make_method("pnp-dm", options)->sample(problem, silent), inflated(), 0.05, 0.05);
}

TEST_F(Gibbs, AsPublishedLeavesNoiseThatTheCorrectFormRemoves) {
  // a point mass as prior: x given z is that point, whatever z
  const GaussianMixturePrior point =
      gaussian_prior(at::full({4}, 0.3, in_double()), at::zeros({4, 4}, in_double()), {1, 2, 2});
  SilentObserver silent;
  for (const std::string method : {"pnp-dm", "dpnp"}) {
    std::map<std::string, OptionValue> options = method == "dpnp" ? dpnp_ : pnp_dm_;
    options["steps"] = std::int64_t{2};
    const auto error = [&](bool as_published) {
      options["as_published"] = as_published;
      const Problem problem{point, schedule_, op_, y_.expand({count, 2}), sigma_y, noise_};
      return (make_method(method, options)->sample(problem, silent) - 0.3).pow(2).mean().sqrt().item<double>();
    };
    EXPECT_LT(error(false), 1e-9) << method;
    EXPECT_GT(error(true), 5e-3) << method;
    EXPECT_LT(error(true), 2e-2) << method;
  }
}

}  // namespace
}  // namespace dpsbench
