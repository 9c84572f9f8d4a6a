// MCG, LGD-MC, FGPS and MPGD: descent of the residual's norm, and what each adds to it.
#include <gtest/gtest.h>

#include "core/ancestral.h"
#include "core/denoised.h"
#include "methods/parts/residual_norm.h"
#include "tasks/parts/mask_operator.h"
#include "tests/methods/closed_forms.h"
#include "tests/methods/problems.h"
#include "tests/methods/step_keeper.h"

namespace dpsbench {
namespace {

class GradientGuidance : public testing::Test {
 protected:
  [[nodiscard]] Tensor run(const std::string& method, const std::map<std::string, OptionValue>& options,
                           const Operator& op, const Tensor& y) const {
    SilentObserver silent;
    return make_method(method, options)->sample({prior_, schedule_, op, y, 0.1, noise_}, silent);
  }

  const GaussianMixturePrior prior_ = small_mixture();
  const NoiseSchedule schedule_ = NoiseSchedule::linear();
  const PhiloxNoise noise_ = noise_of(3);
  const std::unique_ptr<Operator> inpainting_ = bind_task("inpainting", {{"mask_fraction", 0.5}}, prior_, noise_);
  const Tensor picture_ = noise_.normal(Purpose::measurement, 0, {1, 2, 2}, in_double());
  const MatrixOperator wide_ = wide_operator();
  const Tensor y_ = noise_.normal(Purpose::measurement, 1, {2}, in_double());
  const std::int64_t steps_ = 10;
};

TEST_F(GradientGuidance, ResidualNormHasTheSlopeOfFiniteDifferences) {
  const Problem problem{prior_, schedule_, wide_, y_, 0.1, noise_};
  const Tensor direction = noise_.normal(Purpose::training, 0, {1, 2, 2}, in_double());
  const double h = 1e-6;
  const Tensor slope = (residual_norm(problem, picture_ + direction * h).length -
                        residual_norm(problem, picture_ - direction * h).length) /
                       (2 * h);
  EXPECT_TRUE(at::allclose(image_dot(residual_norm(problem, picture_).gradient, direction), slope, 1e-7, 1e-9));
}

TEST_F(GradientGuidance, McgEndsOnTheMeasurement) {
  EXPECT_TRUE(at::allclose(wide_.forward(run("mcg", {{"steps", steps_}}, wide_, y_)), y_, 1e-9, 1e-9));
  const Tensor x = run("mcg", {{"steps", steps_}}, *inpainting_, picture_);
  const Tensor mask = inpainting_->measured();
  EXPECT_TRUE(at::allclose(x * mask, picture_ * mask, 1e-12, 1e-12));
}

TEST_F(GradientGuidance, McgAsPublishedNegatesWhatIsSeenAndLosesWhatIsHidden) {
  StepKeeper keeper;
  const Problem problem{prior_, schedule_, *inpainting_, picture_, 0.1, noise_};
  std::ignore = make_method("mcg", {{"steps", steps_}, {"as_published", true}})->sample(problem, keeper);
  const NoiseSchedule kept = schedule_.respaced(steps_);
  const Tensor hidden = 1 - inpainting_->measured();
  // at the last step: hidden pixels are the measurement's own, noised to alpha_bar_0; seen ones -x
  const Tensor z = noise_.normal(Purpose::inner, 0, {1, 2, 2}, in_double());
  const Tensor y_0 = picture_ * std::sqrt(kept.alpha_bar(0)) + z * std::sqrt(1 - kept.alpha_bar(0));
  EXPECT_TRUE(at::allclose(keeper.steps.back().state * hidden, y_0 * hidden, 1e-12, 1e-12));
  const Tensor seen = keeper.steps.back().state * (1 - hidden);
  const Tensor x0 = keeper.steps.back().x0_hat * (1 - hidden);
  EXPECT_LT(image_dot(seen, x0).max().item<double>(), 0);
}

TEST_F(GradientGuidance, McgAsPublishedProjectsByRepeatedPixelsAndNotAtAllUnderABlur) {
  const ImageShape shape{1, 4, 4};
  const GaussianMixturePrior prior =
      gaussian_prior(at::zeros({16}, in_double()), at::eye(16, in_double()) * 0.2, shape);
  for (const auto& [task, given] : std::map<std::string, std::map<std::string, OptionValue>>{
           {"super_resolution", {{"scale", std::int64_t{2}}}}, {"uniform_blur", {{"taps", std::int64_t{3}}}}}) {
    const auto op = bind_task(task, given, prior, noise_);
    const Tensor y = measure(*op, prior.sample(noise_, Purpose::training), 0.1, noise_, false);
    const auto first = [&](const std::string& method, std::map<std::string, OptionValue> options) {
      options["steps"] = steps_;
      options["scale"] = 0.3;
      StepKeeper keeper;
      std::ignore = make_method(method, options)->sample({prior, schedule_, *op, y, 0.1, noise_}, keeper);
      return keeper.steps.front().state;
    };
    const Tensor x = first("dps", {});  // MCG's step before its projection
    const double abar = schedule_.respaced(steps_).alpha_bar(steps_ - 1);
    const Tensor z = noise_.normal(Purpose::inner, steps_ - 1, op->measurement_shape(), in_double());
    const Tensor y_t = y * std::sqrt(abar) + z * std::sqrt(1 - abar);
    const auto up = [](const Tensor& small) { return small.repeat_interleave(2, 2).repeat_interleave(2, 3); };
    const Tensor expected =
        task == "super_resolution" ? x - up(op->forward(x)) + up(y_t) : y_t - op->forward(y_t) - op->forward(x);
    EXPECT_TRUE(at::allclose(first("mcg", {{"as_published", true}}), expected, 1e-10, 1e-10)) << task;
  }
}

TEST_F(GradientGuidance, LgdMcWithOneDrawOfRadiusZeroIsDps) {
  for (const bool as_published : {false, true}) {
    const std::map<std::string, OptionValue> options = {
        {"steps", steps_}, {"draws", std::int64_t{1}}, {"radius", 0.0}, {"scale", 0.3}, {"as_published", as_published}};
    const Tensor dps = run("dps", {{"steps", steps_}, {"scale", 0.3}}, wide_, y_);
    EXPECT_TRUE(at::allclose(run("lgd-mc", options, wide_, y_), dps, 1e-12, 1e-12));
  }
}

TEST_F(GradientGuidance, LgdMcAsPublishedShortensTheStepByTheRootOfTheDraws) {
  const auto moved = [&](std::int64_t draws, bool as_published) {  // radius 0: all draws alike
    const std::map<std::string, OptionValue> options = {
        {"steps", std::int64_t{1}}, {"draws", draws}, {"radius", 0.0}, {"as_published", as_published}};
    std::map<std::string, OptionValue> still = options;
    still["scale"] = 0.0;
    return run("lgd-mc", options, wide_, y_) - run("lgd-mc", still, wide_, y_);
  };
  EXPECT_TRUE(at::allclose(moved(4, false), moved(1, false), 1e-10, 1e-14));
  EXPECT_TRUE(at::allclose(moved(4, true), moved(1, true) / 2, 1e-10, 1e-14));
}

TEST_F(GradientGuidance, LgdMcFollowsTheLogMeanLikelihood) {
  // one step from x_T: its direction against finite differences of log mean_k exp(-loss_k / (2 sigma_y^2))
  const std::int64_t draws = 5;
  const NoiseSchedule one = schedule_.respaced(std::int64_t{1});
  const double r_t = std::sqrt(1 - one.alpha_bar(0));
  const auto log_mean = [&](const Tensor& x_t) {
    const Tensor x0 = denoise(prior_, x_t, one.level(0), false, Gradient::none).x0;
    std::vector<Tensor> logs;
    for (std::int64_t k = 0; k < draws; ++k) {
      const Tensor x_k = x0 + noise_.normal(Purpose::inner, k, {1, 2, 2}, in_double()) * r_t;
      const Tensor residual = wide_.forward(x_k) - y_;
      logs.push_back(image_dot(residual, residual) / (-2 * 0.1 * 0.1));
    }
    return at::stack(logs).logsumexp(0);
  };
  const auto at_scale = [&](double scale) {
    return run("lgd-mc", {{"steps", std::int64_t{1}}, {"draws", draws}, {"scale", scale}}, wide_, y_);
  };
  const Tensor moved = at_scale(1) - at_scale(0);
  const Tensor x_t = noise_.normal(Purpose::initial, 0, {1, 2, 2}, in_double());
  const double h = 1e-5;
  std::vector<Tensor> slopes;
  for (std::int64_t k = 0; k < 4; ++k) {
    Tensor offset = at::zeros({4}, in_double());
    offset[k] = h;
    offset = offset.reshape({1, 1, 2, 2});
    slopes.push_back((log_mean(x_t + offset) - log_mean(x_t - offset)) / (2 * h));
  }
  const Tensor slope = at::stack(slopes, 1).reshape({3, 1, 2, 2});
  const Tensor cosine = image_dot(moved, slope) / (image_norm(moved) * image_norm(slope));
  EXPECT_GT(cosine.min().item<double>(), 1 - 1e-6);
}

TEST_F(GradientGuidance, FgpsThatPassesAllFrequenciesIsDps) {
  const Tensor dps = run("dps", {{"steps", steps_}, {"scale", 0.4}}, *inpainting_, picture_);
  const auto fgps = [&](double scale_start, double scale_end) {
    return run("fgps",
               {{"steps", steps_},
                {"scale_start", scale_start},
                {"scale_end", scale_end},
                {"cutoff_start", 1.0},
                {"cutoff_end", 1.0}},
               *inpainting_, picture_);
  };
  EXPECT_TRUE(at::allclose(fgps(0.4, 0.4), dps, 1e-10, 1e-10));
  const Tensor scaled = fgps(5.0, 1.0);
  EXPECT_FALSE(at::allclose(scaled, dps, 1e-3, 1e-3));
}

TEST_F(GradientGuidance, FgpsWithALowCutoffSeesTheMeanOnly) {
  const auto op = bind_task("denoising", {}, prior_, noise_);
  const Tensor checks = at::tensor({1.0, -1.0, -1.0, 1.0}, in_double()).reshape({1, 1, 2, 2}) * 0.7;
  // the defaults are shares of the sampling frequency, below that of checks on an image of any size
  const auto sample = [&](const Tensor& y) { return run("fgps", {{"steps", steps_}}, *op, y); };
  EXPECT_TRUE(at::allclose(sample(picture_), sample(picture_ + checks), 1e-9, 1e-9));
  EXPECT_FALSE(at::allclose(sample(picture_ - 5), sample(picture_ + 5), 1e-3, 1e-3));
}

TEST_F(GradientGuidance, MpgdOfScaleZeroIsUnguidedDdim) {
  const std::map<std::string, OptionValue> all = {{"steps", std::int64_t{1000}}, {"eta", 0.5}};
  std::map<std::string, OptionValue> mpgd = all;
  mpgd["scale"] = 0.0;
  std::map<std::string, OptionValue> ddim = all;
  ddim["sampler"] = std::string("ddim");
  EXPECT_TRUE(run("mpgd", mpgd, wide_, y_).equal(run("unconditional", ddim, wide_, y_)));
}

TEST_F(GradientGuidance, MpgdMovesEachStateByScaleAlongTheAdjointOfTheResidual) {
  const auto first = [&](double scale) {
    StepKeeper keeper;
    const Problem problem{prior_, schedule_, wide_, y_, 0.1, noise_};
    std::ignore = make_method("mpgd", {{"steps", steps_}, {"scale", scale}})->sample(problem, keeper);
    return keeper.steps.front();
  };
  const Tensor x0 = first(0).x0_hat;
  const Tensor r = y_ - wide_.forward(x0);
  const Tensor expected = adjoint(wide_, r) / per_image(image_norm(r), x0) * 3;
  EXPECT_TRUE(at::allclose(first(3).state - first(0).state, expected, 1e-10, 1e-10));
}

TEST_F(GradientGuidance, NothingMovesWhereThereIsNoResidual) {
  const MaskOperator hides_all(at::zeros({3, 1, 2, 2}, in_double()), prior_.shape());
  const Tensor nothing = at::zeros({3, 1, 2, 2}, in_double());
  for (const std::string method : {"lgd-mc", "mpgd"}) {
    const Tensor moved = run(method, {{"steps", steps_}, {"scale", 5.0}}, hides_all, nothing);
    EXPECT_TRUE(moved.equal(run(method, {{"steps", steps_}, {"scale", 0.0}}, hides_all, nothing))) << method;
  }
  EXPECT_TRUE(run("dsg", {{"steps", steps_}}, hides_all, nothing).isfinite().all().item<bool>());
}

/// Says that there is no noise in x_t at all: x_0 is x_t / sqrt(abar), far outside of [-1, 1] at first.
class OverconfidentNetwork final : public Prior {
 public:
  [[nodiscard]] Evaluation evaluate(const Tensor& x_t, const NoiseLevel&, Gradient) const override {
    return {at::zeros_like(x_t), {}, [](const std::vector<Tensor>& cotangents) {
              std::vector<Tensor> gradients;
              for (const Tensor& cotangent : cotangents) gradients.push_back(at::zeros_like(cotangent));
              return gradients;
            }};
  }
  [[nodiscard]] ImageShape shape() const override { return {1, 2, 2}; }
  [[nodiscard]] bool clips_denoised() const override { return true; }
  [[nodiscard]] TensorOptions options() const override { return in_double(); }
};

TEST(ClampedEstimates, OfANetworkGuideWhereTheAuthorsClampThem) {
  const OverconfidentNetwork prior;
  const NoiseSchedule schedule = NoiseSchedule::linear();
  const PhiloxNoise noise = noise_of(3);
  const auto op = bind_task("denoising", {}, prior, noise);
  const Tensor y = noise.normal(Purpose::measurement, 0, {1, 2, 2}, in_double());
  const auto first_step = [&](const std::string& name, const Problem& problem) {
    const MethodEntry& method = find_method(name.substr(0, name.find(' ')));
    std::map<std::string, OptionValue> options = {{"steps", std::int64_t{3}}};
    if (name.ends_with(" as published")) options["as_published"] = true;
    StepKeeper keeper;
    std::ignore = method.make(OptionValues(method.options, options))->sample(problem, keeper);
    return keeper.steps.front();
  };
  const Problem problem{prior, schedule, *op, y, 0.05, noise};
  const Problem other{prior, schedule, *op, -y, 0.05, noise};
  for (const std::string name : {"dps", "fgps", "lgd-mc", "pigdm", "tilted-transport"}) {
    const StepRecord step = first_step(name, problem);
    EXPECT_LE(step.x0_hat.abs().max().item<double>(), 1) << name;
    // a clamped pixel has no gradient: all are, and y does not enter
    EXPECT_TRUE(step.state.equal(first_step(name, other).state)) << name;
  }
  EXPECT_LE(first_step("mcg", problem).x0_hat.abs().max().item<double>(), 1);
  for (const std::string name : {"pigdm as published", "tmpd", "tmpd as published"}) {
    const StepRecord step = first_step(name, problem);
    EXPECT_GT(step.x0_hat.abs().max().item<double>(), 2) << name;
    EXPECT_FALSE(step.state.equal(first_step(name, other).state)) << name;
  }
}

}  // namespace
}  // namespace dpsbench
