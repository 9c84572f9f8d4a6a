// Whole runs of authors' code in double precision under a small Gaussian mixture and this project's own random numbers
// (tests/golden/README.md), beside the methods here: they differ by rounding and by what each test names.
#include <gtest/gtest.h>

#include "priors/weights/safetensors.h"
#include "tasks/parts/mask_operator.h"
#include "tests/methods/problems.h"
#include "tests/methods/step_keeper.h"
#include "tests/methods/teacher.h"

namespace dpsbench {
namespace {

constexpr ImageShape shape_of_runs = {3, 8, 8};

GaussianMixturePrior mixture_of_runs(const SafetensorsFile& golden) {
  return {GaussianMixture::of_factors(golden.tensor("prior.log_weights"), golden.tensor("prior.means"),
                                      at::zeros({3, shape_of_runs.elements(), 1}, in_double()),
                                      golden.tensor("prior.variances")),
          shape_of_runs, in_double()};
}

/// A prior whose estimates are clamped, as the authors of some methods do with a network's.
class Clamped final : public Prior {
 public:
  explicit Clamped(const Prior& inner) : inner_(inner) {}
  [[nodiscard]] Evaluation evaluate(const Tensor& x, const NoiseLevel& level, Gradient gradient) const override {
    return inner_.evaluate(x, level, gradient);
  }
  [[nodiscard]] ImageShape shape() const override { return inner_.shape(); }
  [[nodiscard]] TensorOptions options() const override { return inner_.options(); }
  [[nodiscard]] bool clips_denoised() const override { return true; }

 private:
  const Prior& inner_;
};

class AuthorsRuns : public testing::Test {
 protected:
  Tensor run(const std::string& method, const std::map<std::string, OptionValue>& options, const std::string& golden,
             double sigma_y, bool clamped, Observer& observer, const Tensor& original = {}) const {
    return run_on(mask_, method, options, golden, sigma_y, clamped, observer, original);
  }
  Tensor run_on(const Operator& op, const std::string& method, const std::map<std::string, OptionValue>& options,
                const std::string& golden, double sigma_y, bool clamped, Observer& observer,
                const Tensor& original = {}) const {
    const Prior& prior = clamped ? static_cast<const Prior&>(clamped_) : mixture_;
    return make_method(method, options)
        ->sample({prior, schedule_, op, of(golden + ".y"), sigma_y, noise_, original}, observer);
  }
  [[nodiscard]] Tensor of(const std::string& name) const { return golden_.tensor(name); }

  /// Largest difference between what was kept of each step and the authors', [steps, C, H, W].
  [[nodiscard]] static double off(const std::vector<Tensor>& kept, const Tensor& authors) {
    return (at::cat(kept) - authors).abs().max().item<double>();
  }
  [[nodiscard]] static std::vector<Tensor> states(const StepKeeper& keeper) {
    std::vector<Tensor> kept;
    for (const StepRecord& step : keeper.steps) kept.push_back(step.state);
    return kept;
  }
  [[nodiscard]] static std::vector<Tensor> estimates(const StepKeeper& keeper) {
    std::vector<Tensor> kept;
    for (const StepRecord& step : keeper.steps) kept.push_back(step.x0_hat);
    return kept;
  }

  const SafetensorsFile golden_{DPSBENCH_GOLDEN "/methods_on_mixture.safetensors"};
  const GaussianMixturePrior mixture_ = mixture_of_runs(golden_);
  const Clamped clamped_{mixture_};
  const MaskOperator mask_{golden_.tensor("mask"), shape_of_runs};
  const NoiseSchedule schedule_ = NoiseSchedule::linear();
  const PhiloxNoise noise_ = noise_of(1);
};

TEST_F(AuthorsRuns, DdnmPlusOnNoisyInpainting) {
  StepKeeper keeper;
  std::ignore = run("ddnm", {{"steps", std::int64_t{20}}}, "ddnm_noisy", 0.2, false, keeper);
  EXPECT_LT(off(states(keeper), of("ddnm_noisy.states")), 1e-9);
}

TEST_F(AuthorsRuns, DdnmWithoutNoiseThroughTimeTravel) {
  StepKeeper keeper;
  const std::map<std::string, OptionValue> options = {
      {"steps", std::int64_t{10}}, {"travel_length", std::int64_t{3}}, {"travel_repeat", std::int64_t{2}}};
  const Tensor x = run("ddnm", options, "ddnm_travel", 0, false, keeper);
  EXPECT_LT(off(states(keeper), of("ddnm_travel.states")), 1e-9);
  EXPECT_LT(((x - of("ddnm_travel.y")) * of("mask")).abs().max().item<double>(), 1e-12);
}

TEST_F(AuthorsRuns, DdnmAsPublishedIsTheSimplifiedFormOnPooling) {
  const auto pooling = bind_task("super_resolution_pooling", {{"scale", std::int64_t{2}}}, mixture_, noise_);
  StepKeeper keeper;
  std::map<std::string, OptionValue> options = {{"steps", std::int64_t{20}}, {"as_published", true}};
  std::ignore = run_on(*pooling, "ddnm", options, "ddnm_simplified", 0.2, false, keeper);
  EXPECT_LT(off(states(keeper), of("ddnm_simplified.states")), 1e-9);
  options["as_published"] = false;
  StepKeeper right;
  std::ignore = run_on(*pooling, "ddnm", options, "ddnm_simplified", 0.2, false, right);
  EXPECT_GT(off(states(right), of("ddnm_simplified.states")), 0.1);
}

TEST_F(AuthorsRuns, HeunWithAndWithoutChurn) {
  const PhiloxNoise& noise = noise_;
  SilentObserver silent;
  for (const auto& [name, churn] : {std::pair{"heun", 0.0}, std::pair{"heun_churn", 6.0}}) {
    const Problem problem{mixture_, schedule_, mask_, of("dcdp.y"), 0.2, noise};
    const Tensor x = make_method("heun", {{"steps", std::int64_t{12}}, {"sigma_min", 0.02}, {"churn", churn}})
                         ->sample(problem, silent);
    EXPECT_LT((x - of(std::string(name) + ".last")).abs().max().item<double>(), 1e-9) << name;
  }
}

TEST_F(AuthorsRuns, DcdpAsPublished) {
  std::map<std::string, OptionValue> options = {
      {"steps", std::int64_t{4}},        {"data_steps", std::int64_t{5}},   {"lr", 3.0 * 2 / 192},
      {"first_time", std::int64_t{400}}, {"purify_steps", std::int64_t{5}}, {"as_published", true}};
  StepKeeper keeper;
  std::ignore = run("dcdp", options, "dcdp", 0.2, true, keeper);
  EXPECT_LT(off(states(keeper), of("dcdp.states")), 1e-9);
  options["as_published"] = false;
  StepKeeper right;
  std::ignore = run("dcdp", options, "dcdp", 0.2, true, right);
  const Tensor difference = (at::cat(states(right)) - of("dcdp.states")).abs().amax({1, 2, 3});
  EXPECT_LT(difference.slice(0, 0, 3).max().item<double>(), 1e-9);  // all turns but the last are the same
  EXPECT_GT(difference[3].item<double>(), 1e-5);
}

TEST_F(AuthorsRuns, SitcomWithLevelsThatEndEarly) {
  const std::map<std::string, OptionValue> options = {
      {"steps", std::int64_t{5}}, {"inner_steps", std::int64_t{6}}, {"lr", 0.4}, {"as_published", true}};
  StepKeeper keeper;
  const Tensor x = run("sitcom", options, "sitcom", 0.1, true, keeper);
  EXPECT_LT(off(estimates(keeper), of("sitcom.x0")), 1e-8);
  EXPECT_TRUE(x.equal(keeper.steps.back().x0_hat));
  // hidden entries count where a level ends: without them, later
  std::map<std::string, OptionValue> right = options;
  right["as_published"] = false;
  StepKeeper other;
  std::ignore = run("sitcom", right, "sitcom", 0.1, true, other);
  EXPECT_GT(off(estimates(other), of("sitcom.x0")), 1e-3);
}

TEST_F(AuthorsRuns, SitcomsOracleSavesWhatTheAuthorsSave) {
  const std::map<std::string, OptionValue> options = {{"steps", std::int64_t{5}},
                                                      {"inner_steps", std::int64_t{6}},
                                                      {"lr", 0.4},
                                                      {"as_published", true},
                                                      {"select", std::string("oracle")}};
  SilentObserver silent;
  const Tensor x = run("sitcom", options, "sitcom", 0.1, true, silent, of("sitcom.original"));
  EXPECT_LT((x - of("sitcom.oracle")).abs().max().item<double>(), 1e-8);
}

TEST_F(AuthorsRuns, DmPlugsIterates) {
  StepKeeper keeper;
  const std::map<std::string, OptionValue> options = {{"steps", std::int64_t{8}}, {"lr", 0.05}, {"as_published", true}};
  std::ignore = run("dmplug", options, "dmplug", 0.1, true, keeper);
  EXPECT_LT(off(states(keeper), of("dmplug.x")), 1e-8);
}

// Pooling, which sees every pixel: Adam turns the rounding of a gradient that is 0 into a step. Theirs tells the
// network a time one above the level's, of which a closed form does not know.
TEST_F(AuthorsRuns, MgpsWithAndWithoutTheSecondFit) {
  const auto pooling = bind_task("super_resolution_pooling", {{"scale", std::int64_t{2}}}, mixture_, noise_);
  std::map<std::string, OptionValue> options = {{"steps", std::int64_t{24}}};
  StepKeeper keeper;
  std::ignore = run_on(*pooling, "mgps", options, "ddnm_simplified", 0.2, false, keeper);
  EXPECT_LT(off(states(keeper), of("mgps.states")), 1e-11);
  options["warm_above"] = std::int64_t{1001};
  StepKeeper cold;
  std::ignore = run_on(*pooling, "mgps", options, "ddnm_simplified", 0.2, false, cold);
  EXPECT_GT(off(states(cold), of("mgps.states")), 0.1);
}

// At time 0 theirs is asked at pure noise, a noise prediction at the largest noise of its training: every step from its
// authors' own start.
TEST_F(AuthorsRuns, PnpFlowButForPureNoise) {
  Teacher teacher(of("pnp_flow.states"));
  const std::map<std::string, OptionValue> options = {
      {"steps", std::int64_t{20}}, {"draws", std::int64_t{2}}, {"lr", 0.8}, {"alpha", 0.5}};
  std::ignore = run("pnp-flow", options, "pnp_flow", 0.2, false, teacher);
  EXPECT_LT(teacher.largest_from(1), 1e-9);
  EXPECT_LT(teacher.largest_from(0), 0.1);
}

}  // namespace
}  // namespace dpsbench
