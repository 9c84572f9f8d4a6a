// dpsbench restore as a user meets it: a degraded picture of their own, and no original.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "datasets/image_file.h"
#include "runner/afterwards/fitted_picture.h"
#include "tests/runner/support/program.h"
#include "tests/runner/support/tiny_experiment.h"

namespace dpsbench {
namespace {

using namespace testing_support;
using testing::AllOf;
using testing::HasSubstr;

std::vector<std::string> operator+(std::vector<std::string> a, const std::vector<std::string>& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

/// Small pictures and a Gaussian mixture of 3 x 8 x 8 images.
class Restore : public testing::Test {
 protected:
  Restore() { write_png(file("picture.png"), at::zeros({3, 8, 8})); }

  [[nodiscard]] std::string file(const std::string& name) const { return (tiny_.folder() / name).string(); }

  [[nodiscard]] Ended run(const std::string& task, const std::vector<std::string>& more,
                          const std::string& method = "dps", const std::string& picture = "picture.png") const {
    std::vector<std::string> words = {"restore", "--task",     task,       "--measurement", file(picture),
                                      "--prior", tiny_.file(), "--output", tiny_.output()};
    if (!method.empty()) words.insert(words.end(), {"--method", method});
    words.insert(words.end(), more.begin(), more.end());
    return run_program(dpsbench_words(words));
  }

  template <typename Matcher>
  void expect_refused(const Ended& ended, const Matcher& message) const {
    EXPECT_EQ(ended.code, 2) << ended.err;
    EXPECT_THAT(ended.err, message);
    EXPECT_FALSE(std::filesystem::exists(tiny_.output()));
  }

  TinyExperiment tiny_{1};
};

TEST_F(Restore, RefusesTasksThatAPictureCannotMeasure) {
  expect_refused(run("phase_retrieval", {}), HasSubstr("measures the magnitudes of a Fourier transform"));
  expect_refused(run("compressed_sensing", {}), HasSubstr("measures coefficients of a transform"));
  expect_refused(run("motion_blur", {"--task-option", "kernel_size=5"}), HasSubstr("draws its kernel at random"));
  expect_refused(run("inpainting", {}), AllOf(HasSubstr("draws its mask at random"), HasSubstr("--mask M.png")));
  expect_refused(run("painting", {}), AllOf(HasSubstr("'painting' is unknown"), HasSubstr("did you mean")));
}

TEST_F(Restore, RefusesPicturesThatDoNotFit) {
  expect_refused(run("super_resolution", {"--task-option", "scale=4", "--exact-size"}),
                 AllOf(HasSubstr("picture.png: is 8 x 8"), HasSubstr("8 x 8 images measures 2 x 2")));
  Tensor coloured = at::zeros({3, 8, 8});
  coloured[0].fill_(0.5);
  write_png(file("colours.png"), coloured);
  expect_refused(run("colorization", {}, "dps", "colours.png"), HasSubstr("has colours already"));
  expect_refused(run("denoising", {}, "dps", "gone.png"), HasSubstr("gone.png"));
  write_text(file("text.png"), "not a picture");
  expect_refused(run("denoising", {}, "dps", "text.png"), HasSubstr("text.png"));
}

TEST_F(Restore, RefusesMasksThatDoNotFit) {
  write_png(file("mask.png"), at::ones({1, 8, 8}));
  write_png(file("small.png"), at::ones({1, 4, 8}));
  write_png(file("black.png"), -at::ones({1, 8, 8}));
  expect_refused(run("denoising", {"--mask", file("mask.png")}), HasSubstr("'denoising' has no mask of pixels"));
  expect_refused(run("inpainting", {"--mask", file("small.png")}),
                 HasSubstr("small.png: the mask is 4 x 8 pixels (height, width), but the picture is 8 x 8"));
  expect_refused(run("inpainting", {"--mask", file("black.png")}), HasSubstr("black everywhere"));
}

TEST_F(Restore, RefusesOptionsThatThereAreNot) {
  expect_refused(run("denoising", {"--set", "step=3"}), AllOf(HasSubstr("--set step=3"), HasSubstr("'steps'?")));
  expect_refused(run("denoising", {"--set", "steps"}), HasSubstr("has no '='"));
  expect_refused(run("denoising", {"--set", "steps=many"}), HasSubstr("'many' is not a whole number"));
  expect_refused(run("denoising", {"--set", "steps=3", "--set", "steps=4"}), HasSubstr("given twice"));
  expect_refused(run("denoising", {"--set", "steps=[3, 4]"}), HasSubstr("2 values"));
  expect_refused(run("denoising", {"--task-option", "scale=3"}),
                 HasSubstr("there is no option 'scale'; allowed: none"));
  expect_refused(run("denoising", {"--preset", "nice"}), HasSubstr("no preset 'nice'"));
  expect_refused(run("high_dynamic_range", {}, "ddrm"), HasSubstr("needs a linear task"));
}

TEST_F(Restore, SamplesDifferFromEachOtherNotFromRunToRun) {
  const std::vector<std::string> short_run = {"--set", "steps=5", "--samples", "3", "--batch", "2"};
  ASSERT_EQ(run("denoising", short_run).code, 0);
  const Tensor first = read_image(tiny_.folder() / "out" / "sample-1.png");
  EXPECT_FALSE(first.equal(read_image(tiny_.folder() / "out" / "sample-3.png")));
  ASSERT_EQ(run("denoising", short_run + std::vector<std::string>{"--force"}).code, 0);
  EXPECT_TRUE(first.equal(read_image(tiny_.folder() / "out" / "sample-1.png")));
}

TEST_F(Restore, KeepsPicturesOfAnEarlierCallUnlessForced) {
  const std::vector<std::string> quick = {"--set", "steps=3", "--samples", "2"};
  ASSERT_EQ(run("denoising", quick).code, 0);
  const std::string before = read_text(tiny_.folder() / "out" / "sample-1.png");
  const Ended again = run("denoising", quick + std::vector<std::string>{"--seed", "1"});
  EXPECT_EQ(again.code, 2);
  EXPECT_THAT(again.err, AllOf(HasSubstr("contact_sheet.png: is of an earlier restoration"), HasSubstr("--force")));
  EXPECT_EQ(read_text(tiny_.folder() / "out" / "sample-1.png"), before);
  EXPECT_EQ(run("denoising", {"--set", "steps=3", "--samples", "1", "--seed", "1", "--force"}).code, 0);
  EXPECT_NE(read_text(tiny_.folder() / "out" / "sample-1.png"), before);
  EXPECT_FALSE(std::filesystem::exists(tiny_.folder() / "out" / "sample-2.png"));
}

TEST_F(Restore, NamesTheMethodThatItTakesWhereNoneIsNamed) {
  const Ended linear = run("denoising", {"--samples", "1"}, "");
  ASSERT_EQ(linear.code, 0) << linear.err;
  EXPECT_THAT(linear.out, HasSubstr("method: ddrm (steps=100), as none is named"));
  const Ended other = run("high_dynamic_range", {"--set", "steps=3", "--samples", "1", "--force"}, "");
  ASSERT_EQ(other.code, 0) << other.err;
  EXPECT_THAT(other.out, HasSubstr("method: daps (steps=3), as none is named"));
}

TEST_F(Restore, ResamplesAPictureOfAnySizeAndSaysSo) {
  write_png(file("wide.png"), at::zeros({3, 30, 50}));
  const Ended ended = run("super_resolution", {"--task-option", "scale=4", "--samples", "1"}, "", "wide.png");
  ASSERT_EQ(ended.code, 0) << ended.err;
  EXPECT_THAT(ended.out, HasSubstr("its middle of 30 x 30 pixels (height, width) resampled to 2 x 2"));
  EXPECT_EQ(read_image(tiny_.folder() / "out" / "sample-1.png").size(2), 8);
}

TEST_F(Restore, WarnsOfSamplesThatDoNotFitAndOfNoiseLevelsThatLookLikeBytes) {
  const Ended fits = run("denoising", {"--samples", "1"}, "");
  EXPECT_EQ(fits.err, "");
  Tensor far = at::ones({3, 8, 8});
  far[0].slice(1, 0, 4).fill_(-1);
  write_png(file("far.png"), far);
  const Ended off =
      run("denoising", {"--samples", "2", "--set", "steps=3", "--set", "scale=0", "--force"}, "dps", "far.png");
  EXPECT_EQ(off.code, 0);
  EXPECT_THAT(off.err, HasSubstr("warning: 2 of 2 samples are more than 2 sigma_y off the measurement"));
  const Ended bytes = run("denoising", {"--samples", "1", "--sigma-y", "5.1", "--force"}, "");
  EXPECT_THAT(bytes.err, HasSubstr("if 5.1 of 255 levels was meant, give 0.04"));
}

TEST(FittedPicture, TakesTheMiddleAndNoKnownPixelFromAMissingOne) {
  Tensor picture = at::full({1, 8, 12}, 0.5);
  picture.slice(2, 0, 2).fill_(9);  // cut off
  picture.slice(1, 0, 3).slice(2, 2, 5).fill_(-7);
  Tensor mask = at::ones({1, 8, 12});
  mask.slice(1, 0, 3).slice(2, 2, 5).fill_(0);
  const FittedPictures fitted = fit(picture, mask, 4, 4);
  EXPECT_EQ(fitted.done, "its middle of 8 x 8 pixels (height, width) resampled to 4 x 4");
  Tensor expected = at::ones({1, 4, 4});
  expected.slice(1, 0, 2).slice(2, 0, 2).fill_(0);
  EXPECT_TRUE(at::equal(fitted.mask, expected));
  EXPECT_TRUE(at::allclose(fitted.picture.masked_select(expected > 0), at::full({12}, 0.5)));
  EXPECT_EQ(fit(picture, Tensor(), 8, 12).done, "");
  EXPECT_EQ(fit(picture, Tensor(), 16, 24).done, "its 8 x 12 pixels (height, width) resampled to 16 x 24");
}

TEST_F(Restore, HelpTeaches) {
  const Ended help = run_program(dpsbench_words({"restore", "--help"}));
  EXPECT_EQ(help.code, 0);
  EXPECT_THAT(help.out, AllOf(HasSubstr("Examples:"), HasSubstr("white is known, black missing"), HasSubstr("64 x 64"),
                              HasSubstr("about 1 sigma_y")));
}

TEST(RestoreWithANetwork, FillsTheHoleOfAPhotograph) {
  const std::filesystem::path folder = new_folder();
  const std::string experiments = std::string(DPSBENCH_SOURCE_DIR) + "/experiments";
  const Tensor photograph = read_image(experiments + "/quickstart/images/air_balloon-1.png");
  Tensor mask = at::ones({1, 32, 32});
  mask.slice(1, 10, 20).slice(2, 12, 22).fill_(-1);
  write_png(folder / "torn.png", at::where(mask > 0, photograph, 1.0));
  write_png(folder / "mask.png", mask);

  const Ended ended = run_program(dpsbench_words(
      {"restore", "--task", "inpainting", "--mask", (folder / "mask.png").string(), "--measurement",
       (folder / "torn.png").string(), "--method", "ddrm", "--set", "steps=20", "--sigma-y", "0.02", "--prior",
       experiments + "/quickstart.yaml", "--samples", "3", "--output", (folder / "out").string()}));

  ASSERT_EQ(ended.code, 0) << ended.err;
  EXPECT_THAT(ended.out, AllOf(HasSubstr("9.8 % of the pixels are missing"), HasSubstr("deviation.png"),
                               HasSubstr("of the range from black to white")));
  const Tensor mean = read_image(folder / "out" / "mean.png");
  const Tensor error = (mean - photograph).square().mean(0, true);
  const Tensor deviation = read_image(folder / "out" / "deviation.png");
  const Tensor torn = (at::where(mask > 0, photograph, 1.0) - photograph).square().mean(0, true);
  EXPECT_LT(error.masked_select(mask > 0).mean().item<double>(), 0.08 * 0.08);  // what is known stays
  EXPECT_LT(error.masked_select(mask < 0).mean().item<double>(),
            0.5 * torn.masked_select(mask < 0).mean().item<double>());  // a hole left white is farther off
  EXPECT_GT(deviation.masked_select(mask < 0).mean().item<double>(),
            deviation.masked_select(mask > 0).mean().item<double>() + 0.1);  // and is what is uncertain
  EXPECT_TRUE(std::filesystem::exists(folder / "out" / "contact_sheet.png"));
  EXPECT_TRUE(std::filesystem::exists(folder / "out" / "sample-3.png"));
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace dpsbench
