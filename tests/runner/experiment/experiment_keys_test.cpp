#include "runner/experiment/experiment_keys.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <sstream>

#include "core/error.h"
#include "methods/registry.h"
#include "priors/registry.h"
#include "runner/experiment/experiment.h"
#include "tests/message_of.h"
#include "tests/runner/support/tiny_experiment.h"

namespace dpsbench {
namespace {

using namespace testing_support;

using Names = std::set<std::string>;

/// The keys that the reader would have taken in the group at `place`, as its message of an unknown key lists them.
Names taken(const TinyExperiment& tiny, const std::string& place, std::vector<std::string> overrides = {}) {
  overrides.push_back(place + "unheard_of=1");
  const std::string message = message_of([&] { (void)read_experiment(tiny.file(), overrides); });
  const std::string mark = "; allowed: ";
  const std::size_t at = message.rfind(mark);
  EXPECT_NE(at, std::string::npos) << place << ": " << message;
  if (at == std::string::npos) return {};
  std::istringstream list(message.substr(at + mark.size()));
  Names names;
  for (std::string name; std::getline(list >> std::ws, name, ',');) names.insert(name);
  return names;
}

Names without(Names names, const std::vector<OptionSpec>& options) {
  for (const OptionSpec& option : options) names.erase(option.name);
  return names;
}

Names united(const std::vector<Names>& all) {
  Names names;
  for (const Names& some : all) names.insert(some.begin(), some.end());
  return names;
}

Names told(const KeyBlock& block) {
  Names names;
  for (const KeySpec& key : block.keys) names.insert(key.name);
  EXPECT_EQ(names.size(), block.keys.size()) << block.name << " tells a key twice";
  return names;
}

TEST(ExperimentKeys, AreThoseThatTheReaderTakes) {
  const TinyExperiment tiny;
  const std::string tune = "tune={budget: 10, dataset: {name: other, path: images}}";
  EXPECT_EQ(told(experiment_keys()), taken(tiny, ""));
  EXPECT_EQ(told(dataset_keys()), taken(tiny, "dataset."));
  EXPECT_EQ(told(dataset_keys()), taken(tiny, "tune.dataset.", {tune}));
  EXPECT_EQ(told(task_keys()), without(taken(tiny, "tasks.1."), find_task("inpainting").options));
  EXPECT_EQ(told(method_keys()), without(taken(tiny, "methods.1."), find_method("dps").options));
  EXPECT_EQ(told(trajectory_keys()), taken(tiny, "trajectory."));
  EXPECT_EQ(told(table_keys()), taken(tiny, "tables.0.", {"tables=[{layout: summary}]"}));
  EXPECT_EQ(told(tune_keys()), taken(tiny, "tune.", {tune}));
  EXPECT_EQ(told(autoencoder_keys()),
            taken(tiny, "prior.autoencoder.", {"prior={kind: gaussian_mixture, file: f, autoencoder: {kind: vq-f4}}"}));
  EXPECT_EQ(told(tile_keys()),
            taken(tiny, "prior.tiles.", {"prior={weights: w, preset: photo32, tiles: {height: 40, width: 50}}"}));
  for (const std::string block : {"prior", "truth"}) {
    const std::string of = block + ".";
    const auto kind = [&](const std::string& text) { return std::vector<std::string>{block + "=" + text}; };
    EXPECT_EQ(told(prior_keys()),
              without(united({taken(tiny, of, kind("{weights: w, preset: photo32}")),
                              taken(tiny, of, kind("{weights: w, image_size: 8, num_channels: 32, num_res_blocks: 1}")),
                              taken(tiny, of, kind("{kind: empirical, file: f}"))}),
                      find_prior_kind("unet").options))
        << block;
  }
}

TEST(ExperimentKeys, AreAllExplained) {
  for (const KeyBlock& block : all_experiment_keys()) {
    EXPECT_FALSE(block.meaning.empty()) << block.name;
    for (const KeySpec& key : block.keys) {
      EXPECT_FALSE(key.meaning.empty()) << block.name << '.' << key.name;
      EXPECT_FALSE(allowed_text(key).empty()) << block.name << '.' << key.name;
    }
  }
}

TEST(ExperimentKeys, TellTheRangesThatMessagesTell) {
  EXPECT_EQ(allowed_text(experiment_keys()["batch"]), "auto, or a whole number from 1 to 4096");
  EXPECT_EQ(allowed_text(experiment_keys()["sigma_y"]), "a number from 0 to 10, or a list of such");
  EXPECT_EQ(allowed_text(experiment_keys()["precision"]), "auto, fp32, tf32, bf16");
  EXPECT_THROW(static_cast<void>(experiment_keys()["unheard_of"]), Error);
  const TinyExperiment tiny;
  EXPECT_THAT(message_of([&] { (void)read_experiment(tiny.file(), {"batch=5000"}); }),
              testing::HasSubstr("allowed: " + allowed_text(experiment_keys()["batch"])));
}

TEST(ExperimentKeys, DefaultsAreTaken) {
  const TinyExperiment tiny;
  tiny.edit("batch: 2\n", "");
  tiny.edit("seed: 3\n", "");
  tiny.edit("metrics: [psnr]\n", "");
  const Experiment experiment = read_experiment(tiny.file(), {"tune={budget: 10, dataset: {name: o, path: images}}"});
  EXPECT_EQ(experiment.seed, 0U);
  EXPECT_EQ(experiment.batch, default_batch);
  EXPECT_EQ(experiment.samples, 1);
  EXPECT_TRUE(experiment.precision_of_device);
  EXPECT_EQ(experiment.dataset.channels, 3);
  EXPECT_EQ(experiment.metrics, (std::vector<std::string>{"psnr", "ssim"}));
  EXPECT_EQ(experiment.tune->pass_back, usual_pass_back);
  EXPECT_EQ(experiment.tune->metric, "psnr");
}

}  // namespace
}  // namespace dpsbench
