#include "priors/torchscript/prior.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <torch/csrc/jit/api/module.h>

#include <cmath>
#include <fstream>

#include "core/error.h"
#include "priors/registry.h"
#include "tests/message_of.h"

namespace dpsbench {
namespace {

constexpr double variance = 0.25;  // of the law N(0, 0.25 I), whose denoiser is u 0.25 / (0.25 + sigma^2)
const ImageShape two_by_three{2, 3, 4};

/// A TorchScript file whose forward(x, t) is this code.
class ScriptFile {
 public:
  explicit ScriptFile(const std::string& body) : path_(::testing::TempDir() + "network.pt") {
    torch::jit::Module module("network");
    module.define("def forward(self, x, t):\n  c = t.reshape([-1, 1, 1, 1])\n  return " + body + "\n");
    module.save(path_);
  }
  ~ScriptFile() { std::remove(path_.c_str()); }
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
};

std::unique_ptr<Prior> prior_of(const ScriptFile& file, std::map<std::string, OptionValue> options,
                                at::ScalarType type = at::kDouble) {
  options.insert({{"channels", two_by_three.channels}, {"height", two_by_three.height}, {"width", two_by_three.width}});
  return make_prior({.kind = "torchscript", .file = file.path(), .options = std::move(options)},
                    TensorOptions().dtype(type));
}

struct Convention {
  std::string code;
  std::map<std::string, OptionValue> options;
};

/// The law's denoiser as each kind of network answers it; `schedule: sigmas`, so that a timestep says nothing.
const std::vector<Convention>& conventions() {
  static const std::vector<Convention> all = {
      // EDM: D(u, sigma)
      {"x * 0.25 / (0.25 + c * c)", {{"predicts", "edm"}, {"conditioned_on", "sigma"}}},
      // the same told log(sigma) / 4
      {"x * 0.25 / (0.25 + torch.exp(8 * c))", {{"predicts", "edm"}, {"conditioned_on", "log_sigma_over_4"}}},
      // straight path: x = u / (1 + sigma), sigma = (1 - t) / t; v = (D - x) / (1 - t)
      {"(x / c * 0.25 / (0.25 + ((1 - c) / c) ** 2) - x) / (1 - c)",
       {{"predicts", "velocity"}, {"conditioned_on", "time"}}},
      // noise of u
      {"x * c / (0.25 + c * c)", {{"predicts", "eps"}, {"input", "exploding"}, {"conditioned_on", "sigma"}}},
      // noise of x_t: alpha_bar = 1 / (1 + sigma^2)
      {"x * torch.sqrt(1 + c * c) * c / (0.25 + c * c)", {{"predicts", "eps"}, {"conditioned_on", "sigma"}}},
      // x_0 of x_t
      {"x * torch.sqrt(1 + c * c) * 0.25 / (0.25 + c * c)", {{"predicts", "x0"}, {"conditioned_on", "sigma"}}},
      // v = signal eps - noise x_0, of u: signal = 1 / sqrt(1 + sigma^2), noise = sigma signal
      {"x * (c - 0.25 * c) / (0.25 + c * c)", {{"predicts", "v"}, {"conditioned_on", "sigma"}}},
  };
  return all;
}

TEST(TorchScriptPrior, EveryConventionSaysTheSameNoise) {
  for (const Convention& convention : conventions()) {
    const ScriptFile file(convention.code);
    auto options = convention.options;
    options["schedule"] = std::string("sigmas");
    const auto prior = prior_of(file, options);
    for (const std::int64_t i : {0, 300, 700, 999}) {
      const NoiseLevel level = prior->schedule().level(i);
      const double sigma = level.sigma();
      const Tensor x = at::linspace(-2, 2, 2 * two_by_three.elements(), at::kDouble).view(two_by_three.batch(2));
      const double slope = std::sqrt(1 + sigma * sigma) * sigma / (variance + sigma * sigma);  // eps / x_t
      const Evaluation at = prior->evaluate(x, level, Gradient::wanted);
      EXPECT_LT((at.eps - x * slope).abs().max().item<double>(), 1e-9 * std::max(1.0, slope)) << convention.code << i;
      const Tensor cotangent = at::ones_like(x);
      const Tensor other = at::full_like(x, -2);
      const std::vector<Tensor> back = at.pull_back({cotangent, other});
      EXPECT_LT((back[0] - slope).abs().max().item<double>(), 1e-9 * std::max(1.0, slope)) << convention.code << i;
      EXPECT_LT((back[1] + 2 * slope).abs().max().item<double>(), 2e-9 * std::max(1.0, slope)) << convention.code;
    }
  }
}

TEST(TorchScriptPrior, TellsTheStepOfItsSchedule) {
  const ScriptFile file("x * 0 + c");
  const auto prior = prior_of(file, {{"schedule", "cosine"}, {"schedule_steps", std::int64_t{50}}});
  const Tensor x = at::zeros(two_by_three.batch(1), at::kDouble);
  EXPECT_EQ(prior->schedule().steps(), 50);
  EXPECT_EQ(prior->evaluate(x, prior->schedule().level(37), Gradient::none).eps.max().item<double>(), 37);
}

TEST(TorchScriptPrior, HasTheScheduleOfATable) {
  const ScriptFile file("x * 0 + c");
  const auto prior = prior_of(file, {{"schedule", "table"}, {"betas", "0.1 0.2 0.5"}});
  const NoiseSchedule schedule = prior->schedule();
  EXPECT_EQ(schedule.steps(), 3);
  EXPECT_NEAR(schedule.alpha_bar(2), 0.9 * 0.8 * 0.5, 1e-15);
  EXPECT_THROW((void)prior_of(file, {{"schedule", "table"}, {"betas", "0.1 1.2"}}), UserError);
}

TEST(TorchScriptPrior, HasTheVarianceFractionOfTwiceTheChannels) {
  const ScriptFile file("torch.cat([x * 0.5, x * 0 - 0.25], 1)");
  const auto prior = prior_of(file, {});
  const Tensor x = at::ones(two_by_three.batch(2), at::kDouble);
  const Evaluation at = prior->evaluate(x, prior->schedule().level(10), Gradient::none);
  EXPECT_EQ(at.eps.max().item<double>(), 0.5);
  EXPECT_EQ(at.variance_fraction.max().item<double>(), -0.25);
}

TEST(TorchScriptPrior, AnswersAreTheSameBitsAtEveryCall) {
  const ScriptFile file("torch.tanh(x * 3.1 + c) * torch.sigmoid(x) + torch.exp(-x * x)");
  const auto prior = prior_of(file, {{"conditioned_on", "sigma"}}, at::kFloat);
  const Tensor x = at::linspace(-2, 2, two_by_three.elements(), at::kFloat).view(two_by_three.batch(1));
  const NoiseLevel level = prior->schedule().level(400);
  const Tensor first = prior->evaluate(x, level, Gradient::none).eps;
  for (int call = 0; call < 5; ++call) EXPECT_TRUE(at::equal(prior->evaluate(x, level, Gradient::none).eps, first));
  EXPECT_TRUE(at::equal(prior->evaluate(x, level, Gradient::wanted).eps, first));
  const Tensor two = at::cat({x + 1, x});
  EXPECT_TRUE(at::equal(prior->evaluate(two, level, Gradient::none).eps.narrow(0, 1, 1), first));
}

TEST(TorchScriptPrior, RefusesWhatIsNoSuchNetwork) {
  const std::string path = ::testing::TempDir() + "nothing.pt";
  std::ofstream(path) << "PK nothing";
  const PriorSpec spec{.kind = "torchscript", .file = path, .options = {}};
  EXPECT_THAT(message_of<DataError>([&] { (void)make_prior(spec, at::kFloat); }),
              ::testing::HasSubstr("is no TorchScript file"));
  std::remove(path.c_str());
  const ScriptFile smaller("x[:, :, 1:]");
  EXPECT_THAT(message_of<DataError>([&] { (void)prior_of(smaller, {}); }),
              ::testing::HasSubstr("answers images of 1 x 2 x 3 x 4 by 1 x 2 x 2 x 4"));
  const ScriptFile failing("torch.matmul(x, x)");
  EXPECT_THAT(message_of<DataError>([&] { (void)prior_of(failing, {}); }),
              ::testing::HasSubstr("does not take images"));
}

}  // namespace
}  // namespace dpsbench
