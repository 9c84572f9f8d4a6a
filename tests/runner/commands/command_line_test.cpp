// The program as a user meets it: exit codes and messages.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <torch/csrc/jit/api/module.h>

#include "datasets/image_file.h"
#include "priors/weights/safetensors.h"
#include "tests/runner/support/program.h"
#include "tests/runner/support/tiny_experiment.h"

namespace dpsbench {
namespace {

using namespace testing_support;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

Ended dpsbench(const std::vector<std::string>& arguments) { return run_program(dpsbench_words(arguments)); }

Ended run_tiny(const TinyExperiment& tiny, std::vector<std::string> more = {}) {
  std::vector<std::string> arguments = {"run", tiny.file(), "--output", tiny.output()};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return dpsbench(arguments);
}

/// A run that must end with code 2 and a message with all these parts, and must not have sampled anything.
template <typename Matcher>
void expect_refused(const TinyExperiment& tiny, const Matcher& message, const std::vector<std::string>& more = {}) {
  const Ended ended = run_tiny(tiny, more);
  EXPECT_EQ(ended.code, 2) << ended.err;
  EXPECT_THAT(ended.err, message);
  EXPECT_FALSE(std::filesystem::exists(tiny.folder() / "out" / "units"));
}

TEST(CommandLine, HelpTeachesAndEndsWithZero) {
  for (const std::vector<std::string>& words : std::vector<std::vector<std::string>>{
           {"--help"}, {"run", "--help"}, {"plan", "--help"}, {"score", "--help"}, {"weights", "--help"}}) {
    const Ended ended = dpsbench(words);
    EXPECT_EQ(ended.code, 0);
    EXPECT_THAT(ended.out, HasSubstr("--help"));
  }
}

TEST(CommandLine, BadUsageEndsWithTwo) {
  EXPECT_EQ(dpsbench({}).code, 2);
  EXPECT_EQ(dpsbench({"fly"}).code, 2);
  EXPECT_EQ(dpsbench({"run"}).code, 2);
  EXPECT_EQ(dpsbench({"methods", "dpz"}).code, 2);
  EXPECT_EQ(dpsbench({"status", "/dev/null/out"}).code, 2);
  EXPECT_EQ(dpsbench({"run", "/dev/null/x.yaml", "--output", "/dev/null/out"}).code, 2);
}

TEST(CommandLine, TakesNumbersAsPeopleWriteThemInFileSetAndOptionAlike) {
  const TinyExperiment tiny;
  const auto plan = [&](const std::vector<std::string>& more) {
    std::vector<std::string> words = {"plan", tiny.file()};
    words.insert(words.end(), more.begin(), more.end());
    return dpsbench(words);
  };
  const std::string usual = plan({"--ranks", "100", "--set", "methods.1.steps=100"}).out;
  EXPECT_EQ(plan({"--ranks", "1e2", "--set", "methods.1.steps=1e2"}).out.find("evaluations"),
            usual.find("evaluations"));
  for (const char* text : {"1e2", "100.0", "1_00", "+100"}) EXPECT_EQ(plan({"--ranks", text}).code, 0) << text;
  for (const char* text : {"0100", "0x64", "5%", "nan", "1.5", "1e-1", "many"}) {
    const Ended ended = plan({"--ranks", text});
    EXPECT_EQ(ended.code, 2) << text;
    EXPECT_THAT(ended.err, AllOf(HasSubstr("--ranks"), HasSubstr("'" + std::string(text) + "' is not a whole number")));
  }
  for (const char* text : {"0,05", "5%", "nan", "inf", "1/2", "010", "0x1p3"}) {
    const Ended ended = run_tiny(tiny, {"--grace", text});
    EXPECT_EQ(ended.code, 2) << text;
    EXPECT_THAT(ended.err, AllOf(HasSubstr("--grace"), HasSubstr("is not a number, like 0.05 or 5e-2"))) << text;
  }
}

TEST(CommandLine, SaysWhatIsAllowedInAFewWords) {
  for (const char* text : {"0", "-1", "11"}) {
    const Ended ended = dpsbench({"restore", "--task", "denoising", "--measurement", "x.png", "--method", "dps",
                                  "--prior", "x.yaml", "--output", "x", "--sigma-y", text});
    EXPECT_EQ(ended.code, 2);
    EXPECT_THAT(ended.err, HasSubstr("--sigma-y: " + std::string(text) + " is not allowed; allowed: above 0 to 10"));
  }
}

TEST(CommandLine, TakesThePathsThatAreTyped) {
  const TinyExperiment tiny;
  std::filesystem::create_directory(tiny.folder() / "here");
  std::filesystem::rename(tiny.folder() / "images", tiny.folder() / "here" / "mine");
  const auto run_in = [&](const std::string& folder, const std::string& output, const std::string& setting) {
    return run_program({"env", "HOME=" + tiny.folder().string(), "sh", "-c", "cd \"$1\"; shift; \"$@\"", "sh",
                        (tiny.folder() / folder).string(), dpsbench_words({})[0], "run", tiny.file(),
                        "--output=~/" + output, "--set", setting});
  };

  EXPECT_EQ(run_in("here", "a b", "dataset.path=mine").code, 0);    // where it was typed
  EXPECT_EQ(run_in(".", "b", "dataset.path=~/here/mine").code, 0);  // which no shell expands
  EXPECT_EQ(run_in(".", "c", "dataset.path=$HOME/here/mine").code, 0);
  EXPECT_TRUE(std::filesystem::exists(tiny.folder() / "b" / "results.h5"));
  EXPECT_FALSE(std::filesystem::exists(tiny.folder() / "~"));
  std::filesystem::copy(tiny.folder() / "here" / "mine", tiny.folder() / "mine");
  const Ended either = run_in("here", "d", "dataset.path=mine");
  EXPECT_EQ(either.code, 2);
  EXPECT_THAT(either.err, AllOf(HasSubstr("here/mine and "), HasSubstr("write out the one that is meant")));
  EXPECT_THAT(run_in(".", "a b", "dataset.path=mine").err, HasSubstr("dpsbench report '"));
}

TEST(CommandLine, RefusesWhatOnlyNetworksOrGpusCanDo) {
  const TinyExperiment tiny;

  expect_refused(tiny, HasSubstr("--cuda-graphs: needs a GPU"), {"--cuda-graphs", "--device", "cpu"});
  expect_refused(tiny, AllOf(HasSubstr("precision"), HasSubstr("bf16 is for networks"), HasSubstr("gaussian_mixture")),
                 {"--set", "precision=bf16"});
  expect_refused(tiny, HasSubstr("tf32 is for networks, not for 'gaussian_mixture'"), {"--set", "precision=tf32"});
  expect_refused(tiny, HasSubstr("fp32, tf32, bf16"), {"--set", "precision=fp16"});
}

TEST(CommandLine, RunsResumesAndShowsStatus) {
  const TinyExperiment tiny;

  const Ended first = run_tiny(tiny);
  const Ended again = run_tiny(tiny);
  const Ended status = dpsbench({"status", tiny.output()});
  const Ended verified = dpsbench({"verify", tiny.output()});

  EXPECT_EQ(first.code, 0) << first.err;
  EXPECT_EQ(again.code, 0) << again.err;
  EXPECT_THAT(status.out, HasSubstr("21 / 21 units"));
  EXPECT_EQ(verified.code, 0) << verified.out;
  EXPECT_TRUE(std::filesystem::exists(tiny.folder() / "out" / "results.h5"));
}

TEST(BadExperiment, UnknownKey) {
  const TinyExperiment tiny;
  tiny.edit("seed: 3", "sed: 3");
  expect_refused(tiny, AllOf(HasSubstr("tiny.yaml:4:1: sed: unknown key"), HasSubstr("did you mean 'seed'?")));
}

TEST(BadExperiment, WrongType) {
  const TinyExperiment tiny;
  tiny.edit("steps: 10, tasks", "steps: many, tasks");
  expect_refused(tiny, AllOf(HasSubstr("tiny.yaml:10:26: methods.0.steps"), HasSubstr("'many' is not a whole number")));
}

TEST(BadExperiment, EmptyList) {
  const TinyExperiment tiny;
  tiny.edit("steps: [10, 5]", "steps: []");
  expect_refused(tiny, AllOf(HasSubstr("methods.1.steps"), HasSubstr("the list is empty")));
}

TEST(BadExperiment, UnknownMethodAndTask) {
  const TinyExperiment tiny;
  expect_refused(tiny, AllOf(HasSubstr("unknown method 'dpz'"), HasSubstr("dps-w")), {"--set", "methods.1.name=dpz"});
  expect_refused(tiny, AllOf(HasSubstr("'painting' is unknown"), HasSubstr("inpainting")),
                 {"--set", "tasks.1.name=painting"});
}

TEST(BadExperiment, NumbersOutOfRange) {
  const TinyExperiment tiny;
  expect_refused(tiny, AllOf(HasSubstr("tasks.1.mask_fraction"), HasSubstr("1.5")),
                 {"--set", "tasks.1.mask_fraction=1.5"});
  expect_refused(tiny, AllOf(HasSubstr("sigma_y"), HasSubstr("'-0.1' is not allowed")), {"--set", "sigma_y=-0.1"});
}

TEST(BadInput, MissingFolderAndUnsetVariable) {
  const TinyExperiment tiny;
  expect_refused(tiny, AllOf(HasSubstr("dataset.path"), HasSubstr("nowhere is not there")),
                 {"--set", "dataset.path=nowhere"});
  expect_refused(tiny, HasSubstr("set the environment variable DPSBENCH_NOT_SET"),
                 {"--set", "dataset.path=${DPSBENCH_NOT_SET}/x"});
  expect_refused(tiny, AllOf(HasSubstr("prior.file"), HasSubstr("gone.safetensors is not there")),
                 {"--set", "prior.file=gone.safetensors"});
}

TEST(BadInput, CorruptPicture) {
  const TinyExperiment tiny;
  const auto picture = tiny.folder() / "images" / "picture2.png";
  const std::string bytes = read_text(picture);
  write_text(picture, bytes.substr(0, bytes.size() / 2));
  expect_refused(tiny, HasSubstr("picture2.png"));
}

TEST(BadInput, PictureOfAnotherSize) {
  const TinyExperiment tiny;
  write_png(tiny.folder() / "images" / "picture9.png", at::zeros({3, 9, 8}));
  expect_refused(tiny, AllOf(HasSubstr("picture9"), HasSubstr("9")));
}

TEST(BadInput, MissingOrMisshapenTensor) {
  const TinyExperiment tiny;
  tiny.edit("prior: {kind: gaussian_mixture, file: mixture.safetensors}",
            "prior: {kind: unet, weights: net.safetensors, image_size: 8, num_channels: 32, num_res_blocks: 1, "
            "channel_mult: '1'}");
  write_safetensors((tiny.folder() / "net.safetensors").string(), {{"time_embed.0.weight", at::zeros({3, 4})}});
  expect_refused(tiny, AllOf(HasSubstr("net.safetensors"), HasSubstr("time_embed.0.weight")));
}

TEST(BadInput, OutputOfAnotherExperiment) {
  const TinyExperiment tiny;
  ASSERT_EQ(run_tiny(tiny).code, 0);

  const Ended other = run_tiny(tiny, {"--set", "seed=4"});

  EXPECT_EQ(other.code, 2);
  EXPECT_THAT(other.err, AllOf(HasSubstr("different configuration"), HasSubstr("seed was 3, now 4")));
}

TEST(FailedImages, AreListedWhileTheOthersGoOn) {
  const TinyExperiment tiny;

  const Ended ended = run_tiny(tiny, {"--set", "methods.1.scale=1.0e+38"});
  const Ended status = dpsbench({"status", tiny.output()});

  EXPECT_EQ(ended.code, 3);
  EXPECT_THAT(ended.err, AllOf(HasSubstr("failed: "), HasSubstr("dps-1e-38-10, images picture0 picture1"),
                               HasSubstr("left the finite numbers"), HasSubstr("some images failed")));
  EXPECT_THAT(status.out, AllOf(HasSubstr("3 / 3 units\n"), HasSubstr("0 / 3 units, 6 images failed"),
                                HasSubstr("3 / 21 units, 36 images failed")));
}

TEST(Only, DoesSomeCellsAndStatusCountsImages) {
  const TinyExperiment tiny;
  const Ended some = run_tiny(tiny, {"--only", "exact", "--only", "denoising*dps-5"});
  EXPECT_EQ(some.code, 0) << some.err;
  EXPECT_THAT(some.err, AllOf(HasSubstr("7 cells, 21 units"), HasSubstr("6 to do of exact, denoising*dps-5"),
                              HasSubstr("15 units of the experiment are not: the same command without --only")));
  const Ended status = dpsbench({"status", "--cells", tiny.output()});
  EXPECT_THAT(status.out,
              AllOf(HasSubstr("done  failed    left"),
                    HasSubstr("000-denoising-s0.1-exact-10           6       0       0"), HasSubstr("--only CELL")));
  EXPECT_EQ(dpsbench({"report", tiny.output()}).code, 0);
  const Ended unknown = run_tiny(tiny, {"--only", "daps"});
  EXPECT_EQ(unknown.code, 2);
  EXPECT_THAT(unknown.err, HasSubstr("--only daps: no cell of this experiment is called so"));
  EXPECT_THAT(run_tiny(tiny).err, HasSubstr("15 to do"));
}

TEST(Report, WritesTablesFiguresAndOnePage) {
  const TinyExperiment tiny;
  tiny.edit("batch: 2", "batch: 2\ntables: [{layout: paper-table-2}]");
  ASSERT_EQ(run_tiny(tiny).code, 0);

  const Ended ended = dpsbench({"report", tiny.output()});

  EXPECT_EQ(ended.code, 0) << ended.err;
  EXPECT_THAT(ended.out, HasSubstr("Inpainting 30 %"));
  for (const char* file :
       {"report.html", "tables/summary.md", "tables/summary.tex", "tables/summary.csv", "tables/paper-table-2.md",
        "tables/paper-table-2-comparison.csv", "figures/contact_sheet.png"})
    EXPECT_TRUE(std::filesystem::exists(tiny.folder() / "out" / file)) << file;
}

TEST(Report, DrawsSamplesAndTrajectoriesOfEverySetting) {
  const TinyExperiment tiny;
  ASSERT_EQ(run_tiny(tiny).code, 0);

  const Ended ended = dpsbench({"report", tiny.output(), "--output", tiny.output("elsewhere")});

  EXPECT_EQ(ended.code, 0) << ended.err;
  EXPECT_FALSE(std::filesystem::exists(tiny.folder() / "out" / "report.html"));
  for (const char* file : {"samples-denoising-sigma-0.1.png", "trajectories-denoising-sigma-0.1.png",
                           "samples-inpainting-30-sigma-0.1.png", "trajectories-inpainting-50-sigma-0.1.png",
                           "score-shares-denoising.svg"})
    EXPECT_TRUE(std::filesystem::exists(tiny.folder() / "elsewhere" / "figures" / file)) << file;
}

TEST(Report, ReevaluatesMetricsFromTheStoredSamples) {
  const TinyExperiment tiny;
  tiny.edit("metrics: [psnr]", "metrics: [psnr, consistency]\nsamples: 2");
  ASSERT_EQ(run_tiny(tiny).code, 0);
  ASSERT_EQ(dpsbench({"report", tiny.output()}).code, 0);
  const std::string sampled = read_text(tiny.folder() / "out" / "tables" / "images.csv");
  // the same run without its metrics but one
  const TinyExperiment poor;
  poor.edit("metrics: [psnr]", "metrics: [psnr]\nsamples: 2");
  ASSERT_EQ(run_tiny(poor).code, 0);

  const Ended ended = dpsbench({"report", poor.output(), "--metrics", "psnr,consistency", "--device", "cpu"});
  const Ended unknown = dpsbench({"report", poor.output(), "--metrics", "psmr"});
  const Ended unweighted = dpsbench({"report", poor.output(), "--metrics", "lpips"});

  EXPECT_EQ(ended.code, 0) << ended.err;
  EXPECT_THAT(ended.err, HasSubstr("consistency from the stored samples"));
  EXPECT_EQ(read_text(poor.folder() / "out" / "tables" / "images.csv"), sampled);
  EXPECT_EQ(unknown.code, 2);
  EXPECT_THAT(unknown.err, HasSubstr("did you mean 'psnr'?"));
  EXPECT_EQ(unweighted.code, 2);
  EXPECT_THAT(unweighted.err, HasSubstr("needs the weights of VGG16"));
}

TEST(Report, ComparesRuns) {
  const TinyExperiment tiny;
  ASSERT_EQ(run_tiny(tiny).code, 0);
  std::filesystem::copy(tiny.output(), tiny.output("again"), std::filesystem::copy_options::recursive);

  const Ended ended = dpsbench({"report", tiny.output(), tiny.output("again"), "--output", tiny.output("both")});

  EXPECT_EQ(ended.code, 0) << ended.err;
  EXPECT_THAT(ended.out,
              AllOf(HasSubstr("exact [out]"), HasSubstr("exact [again]"), Not(HasSubstr("measurements of"))));
  EXPECT_TRUE(std::filesystem::exists(tiny.folder() / "both" / "report.html"));
}

TEST(Plan, WorksWithoutDataAndWeights) {
  const std::string table = std::string(DPSBENCH_SOURCE_DIR) + "/experiments/table2-ffhq.yaml";

  const Ended plan = dpsbench({"plan", table, "--ranks", "8", "--evaluations-per-second", "20"});
  const Ended run = dpsbench({"run", table, "--output", "/tmp/dpsbench-never-made"});

  EXPECT_EQ(plan.code, 0) << plan.err;
  EXPECT_THAT(plan.out,
              AllOf(HasSubstr("24 cells, 600 units"), HasSubstr("until 8 ranks end"), HasSubstr("not ready to run")));
  EXPECT_EQ(run.code, 2);
  EXPECT_THAT(run.err, HasSubstr("DPSBENCH_DATA"));
}

TEST(Plan, SaysWhereConstantsAreBorrowed) {
  const Ended plan = dpsbench({"plan", std::string(DPSBENCH_SOURCE_DIR) + "/experiments/quickstart.yaml"});
  EXPECT_EQ(plan.code, 0) << plan.err;
  EXPECT_THAT(plan.out, AllOf(HasSubstr("constants borrowed from another task:"),
                              HasSubstr("dps, preset code, on colorization: no published value")));
}

TEST(Plan, SaysWhichPresetsAreForOtherSteps) {
  const TinyExperiment tiny;
  tiny.edit("{name: dps, steps: [10, 5]}", "{name: dps, preset: code, steps: 10}");
  const Ended plan = dpsbench({"plan", tiny.file()});
  EXPECT_EQ(plan.code, 0) << plan.err;
  EXPECT_THAT(plan.out, HasSubstr("dps, preset code, on inpainting: for 1000 steps, here 10; 'scaled: steps' would"));
  EXPECT_THAT(dpsbench({"plan", tiny.file(), "--set", "methods.1.steps=1000"}).out, Not(HasSubstr("other number of")));
}

TEST(Lists, SayWhatAMethodNeedsAndCosts) {
  const Ended method = dpsbench({"methods", "ddrm"});
  EXPECT_THAT(method.out, AllOf(HasSubstr("arXiv 2201.11793"), HasSubstr("its singular value decomposition"),
                                HasSubstr("cost: 20 network evaluations an image\n"), HasSubstr("eta_b: 1")));
  const Ended task = dpsbench({"tasks", "motion_blur"});
  EXPECT_THAT(task.out, AllOf(HasSubstr("linear: adjoint"), HasSubstr("kernel_size: 61"), HasSubstr("dps, dsg")));
  EXPECT_THAT(task.out, Not(HasSubstr("singular value decomposition")));
}

TEST(Score, WritesCsvWithMeansAndIntervals) {
  const TinyExperiment tiny;
  const std::string images = (tiny.folder() / "images").string();
  const auto shifted = tiny.folder() / "shifted";
  std::filesystem::create_directory(shifted);
  for (const char* name : {"picture0.png", "picture1.png"}) {
    Tensor image = at::full({3, 16, 16}, -0.5);
    write_png(tiny.folder() / "images" / name, image);
    write_png(shifted / name, image + 51.0 / 255 * 2);
  }

  torch::jit::Module means("means");
  means.define("def forward(self, x):\n  return x.mean([2, 3])\n");
  means.save(tiny.output("means.pt"));

  const Ended ended =
      dpsbench({"score", "--reference", images, "--samples", shifted.string(), "--features", tiny.output("means.pt")});

  // every pixel differs by 51 / 255 = 0.2: PSNR = -10 log10(0.04); the three means by 51: FID = 3 * 51^2
  EXPECT_EQ(ended.code, 0) << ended.err;
  EXPECT_THAT(ended.out, AllOf(HasSubstr("file,psnr,ssim\n"), HasSubstr("picture0,13.979"), HasSubstr("mean,13.979"),
                               HasSubstr("ci95,0.000000"), HasSubstr("fid,7803.0000"), HasSubstr("kid,")));
}

TEST(Weights, EvaluatesTheGoldenNetworkOnce) {
  const TinyExperiment tiny;
  const std::string golden = DPSBENCH_GOLDEN;
  write_text(tiny.folder() / "prior.yaml",
             "kind: unet\nweights: " + golden +
                 "/unet_ffhq_tiny.safetensors\nimage_size: 32\nnum_channels: 32\nnum_res_blocks: 1\n" +
                 "channel_mult: '1,2'\nattention_resolutions: '16'\nnum_heads: 4\nnum_head_channels: 16\n");
  const std::string output = tiny.output("answer.safetensors");

  const Ended ended = dpsbench({"weights", "eval", "--prior", (tiny.folder() / "prior.yaml").string(), "--input",
                                golden + "/unet_ffhq_tiny_io.safetensors", "--output", output});

  ASSERT_EQ(ended.code, 0) << ended.err;
  const Tensor expected = SafetensorsFile(golden + "/unet_ffhq_tiny_io.safetensors").tensor("output");
  const Tensor found = SafetensorsFile(output).tensor("output");
  EXPECT_LT((found - expected).abs().max().item<double>(), 1e-4 * expected.abs().max().item<double>());
}

TEST(Weights, InspectListsTensors) {
  const Ended ended = dpsbench({"weights", "inspect", std::string(DPSBENCH_GOLDEN) + "/unet_ffhq_tiny.safetensors"});

  EXPECT_EQ(ended.code, 0);
  EXPECT_THAT(ended.out, AllOf(HasSubstr("time_embed.0.weight"), HasSubstr("[128, 32]"), HasSubstr("sha256")));
}

}  // namespace
}  // namespace dpsbench
