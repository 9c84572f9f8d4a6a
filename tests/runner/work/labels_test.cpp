// A class of each image, told to the network.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "priors/weights/safetensors.h"
#include "runner/station/digest_inputs.h"
#include "runner/station/station.h"
#include "runner/work/execute_unit.h"
#include "tests/message_of.h"
#include "tests/priors/networks.h"
#include "tests/runner/support/tiny_experiment.h"

namespace dpsbench {
namespace {

using testing::HasSubstr;
using testing_support::TinyExperiment;
using testing_support::write_text;

class ImagesWithClasses : public testing::Test {
 protected:
  ImagesWithClasses() {
    UNetParameters weights = tiny_parameters();
    const std::int64_t numbers = weights.at("time_embed.2.bias").size(0);
    weights["label_emb.weight"] =
        PhiloxNoise(2, {{"labels", ""}}).normal(Purpose::training, 0, {3, numbers}, at::kFloat)[0];
    write_safetensors((tiny_.folder() / "classes.safetensors").string(), weights);
    tiny_.edit("dataset: {name: noise, path: images, size: 8}",
               "dataset: {name: noise, path: images, size: 32, resize: true, labels: classes.csv}");
    tiny_.edit(
        "prior: {kind: gaussian_mixture, file: mixture.safetensors}",
        "prior: {kind: unet, image_size: 32, num_channels: 32, num_res_blocks: 1, channel_mult: [1, 2], "
        "attention_resolutions: [16], num_head_channels: 16, weights: classes.safetensors, label_of_image: true}");
    tiny_.edit("  - {name: exact, steps: 10, tasks: [denoising]}", "");
    tiny_.edit("  - {name: dps, steps: [10, 5]}", "  - {name: dps, steps: 3}");
    give("0 2 0 1 2 1");
  }

  /// Classes of the six pictures.
  void give(const std::string& classes) const {
    std::istringstream words(classes);
    std::string text;
    int k = 0;
    for (std::string word; words >> word; ++k) text += fmt::format("picture{},{}\n", k, word);
    write_text(tiny_.folder() / "classes.csv", text);
  }
  struct Done {
    std::string id;
    Tensor samples;
  };
  /// The first unit: four images of the first cell.
  [[nodiscard]] Done first_unit(std::vector<std::string> overrides = {}) const {
    overrides.emplace_back("batch=4");
    const Station at =
        set_up_station({.experiment = tiny_.file(), .output = {}, .overrides = overrides, .part = {}}, 0);
    const Plan plan = make_plan(at.experiment, at.prior->shape(),
                                digest_inputs(at.experiment, at.dataset, map_weights(at.experiment)));
    const Workbench bench{at.experiment, plan, at.dataset, *at.prior, at.law(), at.metrics};
    const UnitResult result = execute_unit(bench, plan.units.at(0), {0, 1, 2, 3}, [](double) {});
    EXPECT_TRUE(result.failures.empty());
    return {plan.units.at(0).id, result.record.samples};
  }
  [[nodiscard]] std::string refusal(const std::vector<std::string>& overrides) const {
    return message_of<UserError>([&] { (void)first_unit(overrides); });
  }

  TinyExperiment tiny_;
};

TEST_F(ImagesWithClasses, HaveTheSamplesOfANetworkThatIsToldTheirClassAlone) {
  const Done told = first_unit();
  tiny_.edit(", labels: classes.csv", "");
  for (const auto& [label, images] : std::map<std::string, std::vector<int>>{{"0", {0, 2}}, {"1", {3}}, {"2", {1}}}) {
    const Done alone = first_unit({"prior.label_of_image=false", "prior.label=" + label});
    for (const int i : images) EXPECT_TRUE(told.samples[i].equal(alone.samples[i])) << label << " " << i;
    EXPECT_NE(told.id, alone.id);
  }
}

TEST_F(ImagesWithClasses, AreWhatAUnitIsKnownBy) {
  const std::string id = first_unit().id;
  give("0 2 0 1 1 1");  // of an image of another unit
  EXPECT_EQ(first_unit().id, id);
  give("0 2 1 1 2 1");
  EXPECT_NE(first_unit().id, id);
}

TEST_F(ImagesWithClasses, AreRefusedBeforeAnyWorkWhereTheyDoNotFit) {
  EXPECT_THAT(refusal({"prior.label=1"}), HasSubstr("allowed with it: label -1"));
  EXPECT_THAT(refusal({"prior.label_of_image=false", "prior.label=1"}),
              HasSubstr("the prior is told no class of each image"));
  give("0 2 0 3 2 1");
  EXPECT_THAT(refusal({}), HasSubstr("3 is no class of the network; allowed: 0 to 2"));
  give("0 2 0");
  EXPECT_THAT(refusal({}), HasSubstr("has no class of image picture3"));
  tiny_.edit(", labels: classes.csv", "");
  EXPECT_THAT(refusal({}), HasSubstr("label_of_image: true, but the dataset has no classes"));
}

}  // namespace
}  // namespace dpsbench
