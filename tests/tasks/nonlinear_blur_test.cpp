#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>

#include "core/error.h"
#include "priors/weights/safetensors.h"
#include "tests/message_of.h"
#include "tests/tasks/operator_cases.h"

namespace dpsbench {
namespace {

using testing::HasSubstr;

const std::string golden_file = DPSBENCH_GOLDEN "/bkse_tiny.safetensors";

/// The weights of the golden file with changes, in a file that goes with this.
class ChangedWeights {
 public:
  explicit ChangedWeights(const std::function<void(std::map<std::string, Tensor>&)>& change) {
    const SafetensorsFile golden(golden_file);
    std::map<std::string, Tensor> weights;
    for (const std::string& name : golden.names())
      if (!name.starts_with("io.")) weights[name] = golden.tensor(name);
    change(weights);
    write_safetensors(path_, weights);
  }
  ~ChangedWeights() { std::filesystem::remove(path_); }
  [[nodiscard]] std::map<std::string, OptionValue> options() const { return {{"weights_file", path_}}; }

 private:
  std::string path_ = testing::TempDir() + "/changed_blur.safetensors";
};

std::string refusal(const std::map<std::string, OptionValue>& options, const ImageShape& shape) {
  const TaskEntry& task = find_task("nonlinear_blur");
  return message_of<Error>([&] { task.check(OptionValues(task.options, options), shape); });
}

// BKSE's own network, made small, in double precision on this project's kernel.
TEST(NonlinearBlur, IsItsAuthorsNetwork) {
  const SafetensorsFile golden(golden_file);
  const PhiloxNoise noise = noise_of({"a"});
  const OperatorCase item{.task = "nonlinear_blur", .options = {{"weights_file", golden_file}}, .shape = {1, 128, 128}};
  const auto op = item.bind(noise, at::kDouble);
  const Tensor x = trial(noise, 1, {1, 128, 128}, at::kDouble) * 0.3;
  EXPECT_LT((op->forward(x) - golden.tensor("io.y")).abs().max().item<double>(), 1e-6);  // kept in single precision
  const Tensor gradient = op->vjp(x, trial(noise, 2, {1, 128, 128}, at::kDouble));
  EXPECT_LT(relative_distance(gradient, golden.tensor("io.vjp").to(at::kDouble)), 1e-6);
  const auto other = item.bind(noise_of({"b"}), at::kDouble);  // another image, another kernel
  EXPECT_GT((other->forward(x) - golden.tensor("io.y")).abs().max().item<double>(), 1e-3);
}

TEST(NonlinearBlur, HasNoKernelOfItsOwnAtIntensityZero) {
  const auto bind = [](double intensity, const std::string& image) {
    return OperatorCase{.task = "nonlinear_blur",
                        .options = {{"weights_file", data_file("blur_network.safetensors")}, {"intensity", intensity}},
                        .shape = {3, 32, 32}}
        .bind(noise_of({image}), at::kDouble);
  };
  const Tensor x = trial(noise_of({"a"}), 1, {3, 32, 32}, at::kDouble) * 0.3;
  EXPECT_TRUE(bind(0, "a")->forward(x).equal(bind(0, "b")->forward(x)));
  EXPECT_FALSE(bind(1, "a")->forward(x).equal(bind(1, "b")->forward(x)));
}

TEST(NonlinearBlur, AsksForWeightsAndForPicturesThatFitThem) {
  EXPECT_THAT(refusal({}, {3, 256, 256}), HasSubstr("weights_file: the task is a network of blurs, and its weights are "
                                                    "yours to bring: BKSE's GOPRO_wVAE.pth"));
  EXPECT_THAT(refusal({{"weights_file", "/nowhere/blur.safetensors"}}, {3, 256, 256}), HasSubstr("/nowhere/blur"));
  EXPECT_THAT(refusal({{"weights_file", golden_file}}, {3, 128, 128}), HasSubstr("of 1 channels; these have 3"));
  EXPECT_THAT(refusal({{"weights_file", golden_file}}, {1, 128, 64}),
              HasSubstr("multiples of 128; these are 128 x 64"));
  EXPECT_EQ(refusal({{"weights_file", golden_file}}, {1, 256, 128}), "");
}

TEST(NonlinearBlur, NamesWhatIsWrongWithTheWeights) {
  const ImageShape shape{1, 128, 128};
  const ChangedWeights without([](auto& weights) { weights.erase("recon_trunk.5.weight"); });
  EXPECT_THAT(refusal(without.options(), shape), HasSubstr("no tensor recon_trunk.5.weight; is it BKSE's network?"));
  const ChangedWeights flat([](auto& weights) { weights["feature_extractor.0.weight"] = at::zeros({2, 9}); });
  EXPECT_THAT(refusal(flat.options(), shape), HasSubstr("feature_extractor.0.weight has shape [2, 9]"));
  const ChangedWeights wide([](auto& weights) { weights["recon_trunk.2.weight"] = at::zeros({8, 3, 3, 3}); });
  EXPECT_THAT(refusal(wide.options(), shape), HasSubstr("its layers do not fit together"));
  const ChangedWeights normed([](auto& weights) { weights["adapter.model.submodule.down.1.bias"] = at::zeros({4}); });
  EXPECT_THAT(refusal(normed.options(), shape), HasSubstr("network with normalisations"));
  const ChangedWeights infinite([](auto& weights) { weights["recon_trunk.2.bias"] = at::full({8}, INFINITY); });
  EXPECT_THAT(refusal(infinite.options(), shape), HasSubstr("recon_trunk.2.bias holds numbers that are not finite"));
}

}  // namespace
}  // namespace dpsbench
