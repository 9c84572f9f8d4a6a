#include "runner/experiment/experiment.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/error.h"
#include "runner/experiment/cell.h"
#include "runner/experiment/presets.h"
#include "tests/message_of.h"
#include "tests/runner/support/tiny_experiment.h"

namespace dpsbench {
namespace {

using namespace testing_support;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

std::vector<std::string> ids_of(const std::vector<Cell>& cells) {
  std::vector<std::string> ids;
  for (const Cell& cell : cells) ids.push_back(cell.id);
  return ids;
}

TEST(Experiment, ExpandsListsIntoCells) {
  const TinyExperiment tiny;

  const std::vector<Cell> cells = expand_cells(read_experiment(tiny.file()), tiny_shape);

  EXPECT_THAT(ids_of(cells),
              ElementsAre("000-denoising-s0.1-exact-10", "001-denoising-s0.1-dps-10", "002-denoising-s0.1-dps-5",
                          "003-inpainting-0.3-s0.1-dps-10", "004-inpainting-0.3-s0.1-dps-5",
                          "005-inpainting-0.5-s0.1-dps-10", "006-inpainting-0.5-s0.1-dps-5"));
  EXPECT_EQ(cells[6].method_options.integer("steps"), 5);
  EXPECT_EQ(cells[6].task_options.real("mask_fraction"), 0.5);
  EXPECT_EQ(cells[6].method_label, "dps, 5 steps");
  EXPECT_EQ(cells[0].method_label, "exact");
}

TEST(Experiment, LabelsShowWhatAPersonSet) {
  const TinyExperiment tiny;
  const auto labels = [&](const std::string& method) {
    std::vector<std::string> all;
    for (const Cell& cell : expand_cells(
             read_experiment(tiny.file(), {"tasks=[{name: denoising}]", "methods=[" + method + "]"}), tiny_shape))
      all.push_back(cell.method_label);
    return all;
  };
  EXPECT_THAT(labels("{name: dps, steps: 5, scale: 4}"), ElementsAre("dps (scale 4)"));
  EXPECT_THAT(labels("{name: dps, steps: [5, 6], scale: 4}"),
              ElementsAre("dps (scale 4), 5 steps", "dps (scale 4), 6 steps"));
  EXPECT_THAT(labels("{name: dps, steps: 5}"), ElementsAre("dps"));
}

TEST(Experiment, CountsPhotonsOnlyWhereThatIsServed) {
  const TinyExperiment tiny;
  const auto expand = [&](std::vector<std::string> overrides) {
    overrides.insert(overrides.begin(), {"noise=poisson", "methods=[{name: dps}, {name: pseudo-inverse}]"});
    return expand_cells(read_experiment(tiny.file(), overrides), tiny_shape);
  };
  EXPECT_EQ(expand({}).size(), 6U);
  const auto message = [&](const std::vector<std::string>& overrides) {
    return message_of([&] { (void)expand(overrides); });
  };
  EXPECT_THAT(message({"methods=[{name: daps}]"}),
              AllOf(HasSubstr("--set methods="), HasSubstr("'daps' takes no counts of photons (noise: poisson)"),
                    HasSubstr("those that do: interpolation, dps, unconditional, heun, pseudo-inverse")));
  EXPECT_THAT(message({"methods=[{name: dps, preset: code}]"}), HasSubstr("preset: code: its constants are for"));
  EXPECT_THAT(message({"tasks=[{name: phase_retrieval}]"}),
              HasSubstr("'phase_retrieval' measures the magnitudes of a Fourier transform"));
  EXPECT_THAT(message({"metrics=[consistency]"}), HasSubstr("'consistency' is of Gaussian noise"));
  EXPECT_THAT(message({"sigma_y=[0.1, 0]"}), HasSubstr("allowed with it: above 0"));
  EXPECT_THAT(message({"sigma_y=[0.1, 2.5]"}), HasSubstr("above 2 white is less than one photon"));
  EXPECT_THAT(message({"noise=rician"}), HasSubstr("gaussian, poisson, speckle"));
}

TEST(Experiment, TakesSpeckleOnlyWhereThatIsServed) {
  const TinyExperiment tiny;
  const auto expand = [&](std::vector<std::string> overrides) {
    overrides.insert(overrides.begin(), {"noise=speckle", "methods=[{name: dps}, {name: heun}]"});
    return expand_cells(read_experiment(tiny.file(), overrides), tiny_shape);
  };
  EXPECT_EQ(expand({}).size(), 6U);
  const auto message = [&](const std::vector<std::string>& overrides) {
    return message_of([&] { (void)expand(overrides); });
  };
  EXPECT_THAT(message({"methods=[{name: ddrm}]"}),
              AllOf(HasSubstr("--set methods="), HasSubstr("'ddrm' takes no pictures under speckle (noise: speckle)"),
                    HasSubstr("those that do: interpolation, dps, unconditional, heun, pseudo-inverse")));
  EXPECT_THAT(message({"methods=[{name: dps, preset: code}]"}), HasSubstr("for Gaussian noise, and noise is speckle"));
  EXPECT_THAT(message({"tasks=[{name: phase_retrieval}]"}),
              HasSubstr("noise: speckle is of pictures, and 'phase_retrieval' measures the magnitudes"));
  EXPECT_THAT(message({"metrics=[consistency]"}),
              HasSubstr("'consistency' is of Gaussian noise, and noise is speckle"));
  EXPECT_THAT(message({"sigma_y=[0.1, 0]"}), HasSubstr("0 would be no speckle; allowed with it: above 0"));
  EXPECT_THAT(message({"sigma_y=2.1"}), HasSubstr("above 2 speckle outweighs white itself; allowed with it: above 0"));
}

TEST(Experiment, RefusesASizeThatIsNotThePriors) {
  const TinyExperiment tiny;
  const std::vector<std::string> other = {"dataset.size=16", "prior={preset: photo32, weights: w}"};
  EXPECT_THAT(message_of([&] { (void)read_experiment(tiny.file(), other); }),
              AllOf(HasSubstr("--set dataset.size=16"), HasSubstr("prior makes 3 x 32 x 32")));
}

TEST(Experiment, RefusesOptionsThatDoNotGoTogether) {
  const TinyExperiment tiny;
  EXPECT_THAT(message_of([&] {
                (void)expand_cells(read_experiment(tiny.file(), {"methods=[{name: daps, mcmc: mh, state_share: 0.9}]"}),
                                   tiny_shape);
              }),
              AllOf(HasSubstr("--set methods="), HasSubstr("state_share: 0.9 keeps gradients, and mcmc: mh has none")));
}

TEST(Experiment, OverridesAnyKey) {
  const TinyExperiment tiny;

  const Experiment experiment =
      read_experiment(tiny.file(), {"sigma_y=[0.1, 0.2]", "methods.1.steps=7", "dataset.images=0-2"});

  EXPECT_THAT(experiment.sigma_y, ElementsAre(0.1, 0.2));
  EXPECT_EQ(experiment.dataset.images, "0-2");
  EXPECT_EQ(expand_cells(experiment, tiny_shape).size(), 8U);
}

TEST(Experiment, TakesMeasurementsWithoutNoiseWithMethodsThatServeThem) {
  const TinyExperiment tiny;
  const std::string serving = "methods=[{name: dps, steps: 5}, {name: ddnm, steps: 5}]";
  const auto expand = [&](const std::vector<std::string>& overrides) {
    return expand_cells(read_experiment(tiny.file(), overrides), tiny_shape);
  };

  EXPECT_EQ(expand({"sigma_y=[0, 0.1]", serving, "metrics=[psnr]"}).size(), 12U);
  EXPECT_THAT(
      message_of([&] {
        (void)expand({"sigma_y=0", "methods=[{name: dps-w}]", "metrics=[psnr]"});
      }),
      AllOf(HasSubstr("--set methods="), HasSubstr("method 'dps-w' takes no measurements without noise (sigma_y 0): "
                                                   "the score of its reference is divided by sigma_y^2")));
  EXPECT_THAT(message_of([&] {
                (void)expand({"sigma_y=[0.1, 0]", serving, "metrics=[psnr, consistency]"});
              }),
              HasSubstr("'consistency' needs measurement noise: it divides the residual by sigma_y, and sigma_y is 0"));
  EXPECT_THAT(message_of([&] { (void)read_experiment(tiny.file(), {"sigma_y=-0.1"}); }),
              HasSubstr("allowed: a number from 0 to 10"));
}

TEST(Experiment, RowsThatAnOracleChoseAreLabelledAndNoVerdict) {
  const TinyExperiment tiny;
  const auto expand = [&](const std::string& method) {
    return expand_cells(read_experiment(tiny.file(), {"methods=[{name: sitcom, " + method + "}]"}), tiny_shape);
  };
  const Cell chosen = expand("as_published: true, select: oracle").front();
  EXPECT_TRUE(chosen.told_original);
  EXPECT_THAT(chosen.method_label, HasSubstr("oracle: chosen by the original"));
  EXPECT_EQ(chosen.no_verdict, "oracle: chosen by the original");
  const Cell last = expand("as_published: true").front();
  EXPECT_FALSE(last.told_original);
  EXPECT_EQ(last.no_verdict, "");
  EXPECT_THAT(message_of([&] { (void)expand("select: oracle"); }),
              AllOf(HasSubstr("--set methods="), HasSubstr("needs as_published: true")));
}

TEST(Experiment, OfAStrangerCannotNameAFolderElsewhere) {
  const TinyExperiment tiny;
  for (const std::string name : {"..", ".hidden", "../x", "/tmp/x", "a/b"})
    EXPECT_THAT(message_of([&] { (void)read_experiment(tiny.file(), {"name=" + name}); }), HasSubstr(name)) << name;
}

TEST(Experiment, OfAStrangerCannotGrowWithoutBound) {
  const TinyExperiment tiny;
  std::string levels = "sigma_y=[0.001";
  for (int k = 2; k <= 2000; ++k) levels += fmt::format(",{}", 0.001 * k);
  std::string steps = "methods.1.steps=[1";
  for (int k = 2; k <= 900; ++k) steps += fmt::format(",{}", k);
  const Experiment experiment = read_experiment(tiny.file(), {levels + "]", steps + "]"});

  EXPECT_THAT(message_of([&] { (void)expand_cells(experiment, tiny_shape); }), HasSubstr("more than 100000 cells"));
}

TEST(Experiment, TakesRelativePathsFromItsOwnFolder) {
  const TinyExperiment tiny;
  EXPECT_EQ(read_experiment(tiny.file()).dataset.path, tiny.folder() / "images");
}

TEST(Experiment, NamesThePlaceOfOptionsThatDoNotFitTheImages) {
  const TinyExperiment tiny;
  tiny.edit("{name: denoising}", "{name: super_resolution, scale: 3}");
  tiny.edit("tasks: [denoising]", "tasks: [super_resolution]");
  const Experiment experiment = read_experiment(tiny.file());

  EXPECT_THAT(message_of([&] { expand_cells(experiment, tiny_shape); }),
              AllOf(HasSubstr("tiny.yaml:7:5"), HasSubstr("3")));
}

TEST(Experiment, NamesAMethodThatDoesNotServeATask) {
  const TinyExperiment tiny;
  tiny.edit("{kind: gaussian_mixture, file: mixture.safetensors}", "{kind: unet, preset: photo32, weights: w}");
  tiny.edit("size: 8", "size: 32");
  tiny.edit(", tasks: [denoising]", "");
  const Experiment experiment = read_experiment(tiny.file());

  EXPECT_THAT(message_of([&] {
                expand_cells(experiment, {3, 32, 32});
              }),
              AllOf(HasSubstr("tiny.yaml:10:5"), HasSubstr("'exact'"), HasSubstr("inpainting"),
                    HasSubstr("limit it with tasks")));
}

TEST(Experiment, RejectsCellsThatAreTheSame) {
  const TinyExperiment tiny;
  tiny.edit("steps: [10, 5]", "steps: [10, 10]");

  EXPECT_THAT(message_of([&] { expand_cells(read_experiment(tiny.file()), tiny_shape); }), HasSubstr("are the same"));
}

TEST(Experiment, RejectsMoreCombinationsThanAnyoneRuns) {
  const TinyExperiment tiny;
  std::string values = "[0";
  for (int k = 1; k < 1000; ++k) values += fmt::format(", {}", k);
  tiny.edit("{name: dps, steps: [10, 5]}", "{name: daps, flow_steps: [1, 2, 3, 4, 5, 6, 7, 8, 9], mcmc_steps: " +
                                               values + "], steps: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]}");

  EXPECT_THAT(message_of([&] { expand_cells(read_experiment(tiny.file()), tiny_shape); }),
              HasSubstr("more than 100000 combinations"));
}

TEST(Experiment, JudgesHowFarListsExpandBeforeItExpandsThem) {
  std::vector<OptionValue> values;
  for (std::int64_t k = 0; k < 100000; ++k) values.emplace_back(k);
  EXPECT_EQ(combinations({{"a", values}}).size(), 100000U);
  EXPECT_THAT(message_of<UserError>([&] {
                combinations({{"a", values}, {"b", values}});
              }),
              HasSubstr("more than 100000 combinations"));  // ten thousand million would take all memory
}

TEST(Experiment, AsksForLpipsWeights) {
  const TinyExperiment tiny;
  tiny.edit("metrics: [psnr]", "metrics: [psnr, lpips]");
  EXPECT_THAT(message_of([&] { read_experiment(tiny.file()); }), HasSubstr("'lpips' needs the key lpips_weights"));
}

TEST(Preset, GivesConstantsByTaskAndDataSet) {
  const MethodEntry& dps = find_method("dps");

  EXPECT_EQ(find_preset(dps, "code", "super_resolution", {"ffhq"}).options.at("scale"), OptionValue(0.3));
  EXPECT_EQ(find_preset(dps, "paper", "gaussian_blur", {"ffhq"}).options.at("scale"), OptionValue(2.0));
  EXPECT_EQ(find_preset(dps, "paper", "gaussian_blur", {"imagenet"}).options.at("scale"), OptionValue(0.8));
  EXPECT_THAT(message_of([&] { find_preset(dps, "code", "tomography", {"ffhq"}); }),
              HasSubstr("it has them for: inpainting"));
  EXPECT_THAT(message_of([&] { find_preset(dps, "cod", "inpainting", {"ffhq"}); }),
              HasSubstr("there are: code, paper"));
}

TEST(Preset, TakesAFamilysConstantsOnlyWhereItIsDeclaredAndTellsANearMiss) {
  const auto found = [](const std::string& name, const std::string& family) {
    return find_preset(find_method("dps"), "paper", "gaussian_blur", {name, family});
  };
  for (const auto& [name, family] : {std::pair("imagenet", ""), std::pair("photographs", "imagenet")}) {
    EXPECT_EQ(found(name, family).options.at("scale"), OptionValue(0.8));
    EXPECT_THAT(found(name, family).source, HasSubstr("; the constants of imagenet"));
    EXPECT_EQ(found(name, family).remark, "");
  }
  for (const std::string name : {"ImageNet", "imagenet256", "ILSVRC-imagenet_val", "imagnet"}) {
    EXPECT_EQ(found(name, "").options.at("scale"), OptionValue(2.0)) << name;
    EXPECT_THAT(found(name, "").remark, HasSubstr("family: imagenet")) << name;
    EXPECT_EQ(found(name, "other").remark, "") << name;
  }
  for (const std::string name : {"ffhq", "photo32-quickstart", ""}) {
    EXPECT_THAT(found(name, "").source, HasSubstr("; the default constants, not those of imagenet"));
    EXPECT_EQ(found(name, "").remark, "") << name;
  }
  // where all data sets have the same, there is nothing to say
  EXPECT_EQ(find_preset(find_method("dps"), "code", "inpainting", {"ImageNet"}).remark, "");
  const TinyExperiment tiny;
  tiny.edit("dataset: {name: noise", "dataset: {family: imagnet, name: noise");
  EXPECT_THAT(message_of([&] { read_experiment(tiny.file()); }), HasSubstr("ffhq, imagenet, other"));
}

TEST(Preset, YieldsToWhatTheExperimentGives) {
  const TinyExperiment tiny;
  tiny.edit("{name: dps, steps: [10, 5]}", "{name: dps, preset: code, steps: 10, scale: [0.1, 0.2]}");

  const std::vector<Cell> cells = expand_cells(read_experiment(tiny.file()), tiny_shape);

  EXPECT_EQ(cells[1].method_options.real("scale"), 0.1);
  EXPECT_EQ(cells[2].method_options.real("scale"), 0.2);
  EXPECT_EQ(cells[1].preset, "code");
}

TEST(Preset, SaysWhenItIsUsedWithOtherStepsThanItIsFor) {
  const TinyExperiment tiny;
  tiny.edit("{name: dps, steps: [10, 5]}", "{name: dps, preset: code, steps: [1000, 10]}");
  tiny.edit("tasks: [denoising]", "tasks: [denoising]}\n  - {name: ddrm, preset: code, tasks: [inpainting]");

  const std::vector<Cell> cells = expand_cells(read_experiment(tiny.file()), tiny_shape);

  std::map<std::string, std::string> labels;
  for (const Cell& cell : cells)
    if (cell.task->name == "inpainting" && cell.task_options.real("mask_fraction") == 0.3)
      labels[cell.method->name + to_text(cell.method_options.all().at("steps"))] = cell.preset_label;
  EXPECT_EQ(labels.at("dps1000"), "published");
  EXPECT_EQ(labels.at("dps10"), "published for 1000 steps");
  EXPECT_EQ(labels.at("ddrm20"), "published");                     // its preset has its steps
  EXPECT_EQ(cells[1].preset_label, "published for another task");  // denoising: that of inpainting
}

TEST(Preset, IsBroughtToTheExperimentsStepsAndImagesIfAsked) {
  const TinyExperiment tiny;
  tiny.edit("{name: dps, steps: [10, 5]}", "{name: dps, preset: code, steps: [100, 50], scaled: [steps, side]}");

  const std::vector<Cell> cells = expand_cells(read_experiment(tiny.file()), tiny_shape);

  EXPECT_DOUBLE_EQ(cells[3].method_options.real("scale"), 0.5 * 1000 / 100 * 8 / 256);
  EXPECT_DOUBLE_EQ(cells[4].method_options.real("scale"), 0.5 * 1000 / 50 * 8 / 256);
  EXPECT_EQ(cells[3].preset_label, "published, scaled with steps and side");
}

TEST(Preset, ScalesWithoutARoundingThatAPersonWouldSee) {
  const Preset preset{
      .options = {{"scale", 17.5}}, .source = "", .steps = 20, .scaling = {{"scale", {ScalesWith::steps}}}};
  EXPECT_EQ(scaled(preset, {ScalesWith::steps}, 250, 0).options.at("scale"), OptionValue(1.4));
}

TEST(Preset, ThatDoesNotSayHowItsConstantsScaleIsNotScaled) {
  const TinyExperiment tiny;
  tiny.edit("{name: dps, steps: [10, 5]}", "{name: ddrm, preset: code, steps: 10, scaled: steps}");
  EXPECT_THAT(message_of([&] { expand_cells(read_experiment(tiny.file()), tiny_shape); }),
              AllOf(HasSubstr("tiny.yaml:11:5"), HasSubstr("does not say how its constants scale")));
  tiny.edit("preset: code, steps: 10", "steps: 10");
  EXPECT_THAT(message_of([&] { read_experiment(tiny.file()); }), HasSubstr("of a preset"));
}

TEST(Preset, ThatIsTunedNeedsAFile) {
  const TinyExperiment tiny;
  tiny.edit("{name: dps, steps: [10, 5]}", "{name: dps, preset: tuned}");
  EXPECT_THAT(message_of([&] { read_experiment(tiny.file()); }), HasSubstr("needs the experiment's key presets"));
}

TEST(Preset, EveryEntryFitsItsMethod) {
  for (const MethodEntry& method : methods())
    for (const std::string& preset : preset_names(method))
      for (const TaskEntry& task : tasks()) try {
          const Preset found = find_preset(method, preset, task.name, {"ffhq"});
          EXPECT_NO_THROW(OptionValues(method.options, found.options));
          EXPECT_FALSE(found.source.empty());
        } catch (const UserError& error) {
          EXPECT_THAT(error.what(), HasSubstr("has no constants for task")) << method.name << " " << preset;
        }
}

TEST(Preset, TakesTheNearestTasksConstantsAndSaysSo) {
  const Preset found = find_preset(find_method("dps"), "code", "half_inpainting", {"ffhq"});
  EXPECT_EQ(found.options.at("scale"), OptionValue(0.5));
  EXPECT_EQ(found.source, "no published value; that of inpainting");
}

TEST(AllMethods, AreInTheExperimentOfThatName) {
  const Experiment experiment = read_experiment(std::string(DPSBENCH_SOURCE_DIR) + "/experiments/all-methods.yaml");
  std::set<std::string> named;
  for (const Cell& cell : expand_cells(experiment, {3, 32, 32})) named.insert(cell.method->name);
  for (const MethodEntry& method : methods()) {
    const bool serves_networks = std::ranges::any_of(
        tasks(), [&](const TaskEntry& task) { return incompatibility(method, task, KnownPosteriors::none).empty(); });
    EXPECT_EQ(named.contains(method.name), serves_networks) << method.name;
  }
}

TEST(AsPublished, EveryMethodThatHasItIsInTheExperimentOfDefects) {
  std::map<std::string, std::set<bool>> named;
  for (const auto& [file, shape] : {std::pair{"defects", ImageShape{3, 32, 32}}, {"defects-latent", {1, 16, 16}}})
    for (const Cell& cell :
         expand_cells(read_experiment(fmt::format("{}/experiments/{}.yaml", DPSBENCH_SOURCE_DIR, file)), shape))
      if (cell.method_options.all().contains("as_published"))
        named[cell.method->name].insert(cell.method_options.flag("as_published"));
  for (const MethodEntry& method : methods())
    for (const OptionSpec& option : method.options) {
      if (option.name != "as_published") continue;
      EXPECT_EQ(named[method.name].size(), 2U) << method.name;
    }
}

TEST(Experiment, TakesGroupsByAPatternOrFromAFile) {
  const TinyExperiment tiny;
  const auto groups = [&](const std::string& text) {
    return read_experiment(tiny.file(), {"dataset.groups=" + text}).dataset.groups;
  };
  EXPECT_TRUE(read_experiment(tiny.file()).dataset.groups.empty());
  EXPECT_EQ(groups("\"(.*)-[0-9]+\"").pattern, "(.*)-[0-9]+");
  write_text(tiny.folder() / "groups.csv", "picture0,a\n");
  EXPECT_EQ(groups("groups.csv").file, tiny.folder() / "groups.csv");
  EXPECT_THAT(message_of([&] { (void)groups("absent.csv"); }), HasSubstr("neither a file"));
  EXPECT_THAT(message_of([&] { (void)groups("\"(a)(b)\""); }), HasSubstr("2 capturing groups"));
  EXPECT_THAT(message_of([&] { (void)groups("\"(a\""); }), HasSubstr("no regular expression"));
}

}  // namespace
}  // namespace dpsbench
