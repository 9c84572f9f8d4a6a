#include <gtest/gtest.h>

#include <cmath>

#include "core/ancestral.h"
#include "core/denoised.h"
#include "priors/unet/prior.h"
#include "priors/weights/safetensors.h"
#include "tasks/parts/mask_operator.h"
#include "tests/methods/closed_forms.h"
#include "tests/methods/plain_network.h"
#include "tests/methods/problems.h"
#include "tests/methods/recorded_noise.h"
#include "tests/methods/teacher.h"
#include "tests/priors/networks.h"

namespace dpsbench {
namespace {

/// A run beside the reference implementation's, step by step.
Teacher beside_golden(const std::string& file, const std::map<std::string, OptionValue>& options) {
  const SafetensorsFile golden(DPSBENCH_GOLDEN "/" + file);
  const PlainNetwork prior;
  const NoiseSchedule schedule = NoiseSchedule::linear();
  const MaskOperator op(golden.tensor("mask"), prior.shape());
  const RecordedNoise noise(golden.tensor("x_T"), golden.tensor("step_noise"));
  Teacher teacher(golden.tensor("states"));
  const Problem problem{prior, schedule, op, golden.tensor("measurement"), 0.05, noise};
  std::ignore = make_method("dsg", options)->sample(problem, teacher);
  return teacher;
}

TEST(Dsg, DdimFollowsTheReferenceImplementationForTwentySteps) {
  const Teacher teacher =
      beside_golden("dsg_ddim_20_interval1.safetensors", {{"steps", std::int64_t{20}}, {"rate", 0.2}});
  for (const std::size_t first : {0, 2, 8})
    RecordProperty(fmt::format("deviation_from_step_{}", first), fmt::format("{:.2g}", teacher.largest_from(first)));
  // what the reference's floats lose: at high noise a rounding of eps is multiplied by 157 in x0hat
  EXPECT_LT(teacher.largest_from(0), 1.5e-4);
  EXPECT_LT(teacher.largest_from(2), 8e-5);
  EXPECT_LT(teacher.largest_from(8), 4e-6);
}

TEST(Dsg, DdpmFollowsTheReferenceImplementationAsPublished) {
  std::map<std::string, OptionValue> options = {{"steps", std::int64_t{20}},
                                                {"rate", 0.2},
                                                {"sampler", std::string("ddpm")},
                                                {"interval", std::int64_t{5}},
                                                {"as_published", true}};
  const double deviation = beside_golden("dsg_ddpm_20_interval5.safetensors", options).largest_from(0);
  RecordProperty("deviation", fmt::format("{:.2g}", deviation));
  EXPECT_LT(deviation, 2e-5);
  options["as_published"] = false;
  EXPECT_GT(beside_golden("dsg_ddpm_20_interval5.safetensors", options).largest_from(0), 1e-2);
}

TEST(Dsg, GuidedStepsStayOnTheSphereOfTheNoise) {
  const GaussianMixturePrior prior = small_mixture();
  const NoiseSchedule schedule = NoiseSchedule::linear();
  const NoiseSchedule kept = schedule.respaced(std::int64_t{10});
  const MatrixOperator op = wide_operator();
  const PhiloxNoise noise = noise_of(3);
  const Tensor y = noise.normal(Purpose::measurement, 0, {2}, in_double());
  StateRecorder recorder;
  std::ignore = make_method("dsg", {{"steps", std::int64_t{10}}, {"rate", 0.3}})
                    ->sample({prior, schedule, op, y, 0.1, noise}, recorder);
  Tensor x_t = noise.normal(Purpose::initial, 0, {1, 2, 2}, in_double());
  for (std::int64_t i = 9; i >= 0; --i) {
    const Tensor x0 = denoise(prior, x_t, kept.level(i), false, Gradient::none).x0;
    const Tensor state = recorder.states()[9 - i];
    const Tensor distance = image_norm(state - ddim_mean(kept, i, x0, x_t, 1));
    EXPECT_TRUE(at::allclose(distance, at::full_like(distance, 2 * ddim_deviation(kept, i, 1)), 1e-4, 0)) << i;
    x_t = state;
  }
}

TEST(Dsg, TakesGradientsOnGuidedStepsOnly) {
  class Counting final : public Prior {
   public:
    explicit Counting(const Prior& inner) : inner_(inner) {}
    [[nodiscard]] Evaluation evaluate(const Tensor& x, const NoiseLevel& level, Gradient gradient) const override {
      (gradient == Gradient::wanted ? guided : plain) += 1;
      return inner_.evaluate(x, level, gradient);
    }
    [[nodiscard]] ImageShape shape() const override { return inner_.shape(); }
    [[nodiscard]] TensorOptions options() const override { return inner_.options(); }
    mutable int guided = 0;
    mutable int plain = 0;

   private:
    const Prior& inner_;
  };
  const GaussianMixturePrior mixture = small_mixture();
  const Counting prior(mixture);
  const NoiseSchedule schedule = NoiseSchedule::linear();
  const MatrixOperator op = wide_operator();
  const PhiloxNoise noise = noise_of(2);
  SilentObserver silent;
  const std::map<std::string, OptionValue> options = {{"steps", std::int64_t{11}}, {"interval", std::int64_t{5}}};
  std::ignore =
      make_method("dsg", options)->sample({prior, schedule, op, at::zeros({2, 2}, in_double()), 0.1, noise}, silent);
  EXPECT_EQ(prior.guided, 3);  // steps 10, 5, 0
  EXPECT_EQ(prior.plain, 8);
  const MethodEntry& entry = find_method("dsg");
  const Cost cost = entry.cost(OptionValues(entry.options, options), 0.1);
  EXPECT_EQ(cost.forward, 11);
  EXPECT_EQ(cost.backward, 3);
}

}  // namespace
}  // namespace dpsbench
