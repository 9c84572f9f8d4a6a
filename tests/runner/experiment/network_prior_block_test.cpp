#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/error.h"
#include "priors/weights/safetensors.h"
#include "runner/experiment/prior_block.h"
#include "tests/message_of.h"
#include "tests/runner/support/tiny_experiment.h"

namespace dpsbench {
namespace {

using testing::HasSubstr;

/// A block beside diffusers' config.json.
class NetworkPriorBlock : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = testing_support::new_folder();
    const SafetensorsFile golden(DPSBENCH_GOLDEN "/diffusers_ddpm_tiny.safetensors");
    testing_support::write_text(folder_ / "config.json", golden.metadata().at("config.json"));
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  PriorSpec read(const std::string& block) {
    testing_support::write_text(folder_ / "prior.yaml", block);
    return read_prior_file(folder_ / "prior.yaml");
  }
  std::string refusal(const std::string& block) {
    return message_of<UserError>([&] { (void)read(block); });
  }

  std::filesystem::path folder_;
  const std::string sizes_ =
      "weights: w.safetensors, image_size: 32, num_channels: 64, num_res_blocks: 1, "
      "channel_mult: [1, 2], num_head_channels: 32";
};

TEST_F(NetworkPriorBlock, DescribesANetworkOfBeforeAsBefore) {
  EXPECT_EQ(describe_prior(read("{kind: unet, preset: photo32, weights: w.safetensors}")),
            "unet image_size=32 in_channels=3 num_channels=32 num_res_blocks=1 channel_mult=1,1,2 "
            "attention_resolutions=8 num_heads=4 num_head_channels=32 use_scale_shift_norm=true resblock_updown=true "
            "use_new_attention_order=false learn_sigma=true");
}

TEST_F(NetworkPriorBlock, ReadsDiffusersConfigAsItIs) {
  const PriorSpec spec = read("{kind: unet, config: config.json, weights: w.safetensors}");
  EXPECT_EQ(prior_shape(spec), (ImageShape{3, 32, 32}));
  EXPECT_THAT(describe_prior(spec), testing::EndsWith("learn_sigma=false norm_num_groups=8 norm_eps=1e-06 "
                                                      "sin_first=true freq_shift=1 downsample_padding=0"));
  EXPECT_THAT(refusal("{kind: unet, config: config.json, image_size: 32, weights: w}"), HasSubstr("image_size"));
  testing_support::write_text(folder_ / "config.json", R"({"act_fn": "relu"})");
  EXPECT_THAT(refusal("{kind: unet, config: config.json, weights: w}"),
              testing::AllOf(HasSubstr("act_fn is \"relu\""), HasSubstr("prior.yaml")));
}

TEST_F(NetworkPriorBlock, ReadsArchitecturesAndWhatSurroundsThem) {
  const PriorSpec spec =
      read("{kind: unet, architecture: ncsnpp, preconditioning: ve, label: 3, clip: false, " + sizes_ + "}");
  EXPECT_THAT(describe_prior(spec),
              testing::AllOf(testing::StartsWith("unet clip=false label=3 preconditioning=ve image_size=32"),
                             HasSubstr("fourier=true"), HasSubstr("input_pyramid=true")));
  EXPECT_THAT(refusal("{kind: unet, architecture: edm, " + sizes_ + "}"), HasSubstr("ddpmpp"));
  EXPECT_THAT(refusal("{kind: unet, preconditioning: edm2, " + sizes_ + "}"), HasSubstr("iddpm"));
  EXPECT_THAT(refusal("{kind: unet, sigma_data: 0, " + sizes_ + "}"), HasSubstr("sigma_data"));
  EXPECT_THAT(refusal("{kind: unet, betas: [0.1, 0.2], " + sizes_ + "}"), HasSubstr("schedule: table"));
  EXPECT_THAT(refusal("{kind: unet, norm_eps: 2, " + sizes_ + "}"), HasSubstr("norm_eps"));
  EXPECT_THAT(refusal("{kind: unet, smooth_resampling: true, resblock_updown: false, " + sizes_ + "}"),
              HasSubstr("resblock_updown"));
}

TEST_F(NetworkPriorBlock, RefusesUsesThatTheNetworkWasNotTrainedFor) {
  for (const std::string use : {"preconditioning: edm", "schedule: cosine", "clip: false"})
    EXPECT_THAT(refusal("{kind: unet, noise_map: true, " + use + ", " + sizes_ + "}"), HasSubstr("noise_map")) << use;
  for (const std::string kind : {"edm", "vp", "ve"})
    EXPECT_THAT(refusal("{kind: unet, preset: photo32, weights: w, preconditioning: " + kind + "}"),
                HasSubstr("learn_sigma"));
  EXPECT_NO_THROW((void)read("{kind: unet, preset: photo32, weights: w, preconditioning: iddpm}"));
}

TEST_F(NetworkPriorBlock, ReadsTilesOfLargerPictures) {
  const std::string photo32 = "kind: unet, preset: photo32, weights: w.safetensors";
  const PriorSpec spec = read("{" + photo32 + ", tiles: {height: 48, width: 80}}");
  EXPECT_EQ(prior_shape(spec), (ImageShape{3, 48, 80}));
  EXPECT_EQ(passes_of_an_evaluation(spec), 6);
  EXPECT_EQ(describe_prior(spec),
            describe_prior(read("{" + photo32 + "}")) + ", of pictures of 48 x 80 in tiles, overlap 8");
  const PriorSpec other = read("{" + photo32 + ", tiles: {height: 48, width: 80, overlap: 16}}");
  EXPECT_NE(describe_prior(other), describe_prior(spec));
  EXPECT_EQ(passes_of_an_evaluation(read("{" + photo32 + "}")), 1);
}

TEST_F(NetworkPriorBlock, RefusesTilesThatCannotBe) {
  const std::string photo32 = "kind: unet, preset: photo32, weights: w.safetensors, tiles: ";
  EXPECT_THAT(refusal("{" + photo32 + "{height: 24, width: 80}}"),
              testing::AllOf(HasSubstr("prior.yaml"),
                             HasSubstr("tiles.height: 24 pixels, less than the 32 of the network's images; allowed: 32 "
                                       "or more")));
  EXPECT_THAT(refusal("{" + photo32 + "{height: 48, width: 80, overlap: 32}}"), HasSubstr("allowed: 0 to 31"));
  EXPECT_THAT(refusal("{" + photo32 + "{height: 48}}"), HasSubstr("width"));
  EXPECT_THAT(refusal("{" + photo32 + "{height: 48, width: 80, stride: 3}}"), HasSubstr("stride"));
  EXPECT_THAT(refusal("{kind: gaussian_mixture, file: f, tiles: {height: 48, width: 80}}"),
              HasSubstr("are of a network's images, and kind is gaussian_mixture"));
  EXPECT_THAT(refusal("{kind: unet, noise_map: true, tiles: {height: 48, width: 80}, " + sizes_ + "}"),
              HasSubstr("told one of each pixel (noise_map)"));
  EXPECT_THAT(refusal("{" + photo32 + "{height: 48, width: 80}, autoencoder: {kind: vq-f4}}"),
              HasSubstr("this is a prior of latents (autoencoder)"));
}

}  // namespace
}  // namespace dpsbench
