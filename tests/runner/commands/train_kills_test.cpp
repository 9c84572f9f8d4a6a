// A training that is killed in the middle goes on with --resume, and ends with the bits of one that was not.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include "datasets/image_file.h"
#include "tests/runner/support/program.h"
#include "tests/runner/support/tiny_experiment.h"

namespace dpsbench {
namespace {

using namespace testing_support;

struct Kind {
  const char* name;
  std::vector<std::string> words;
};

class KilledTraining : public testing::TestWithParam<Kind> {
 protected:
  KilledTraining() {
    std::filesystem::create_directories(folder("slopes"));
    for (int k = 0; k < 4; ++k)
      write_png(folder("slopes/" + std::to_string(k) + ".png"),
                (at::linspace(-1, 1, 16) * (0.25 * k)).expand({3, 16, 16}));
  }

  [[nodiscard]] std::string folder(const std::string& name) const { return (tiny_.folder() / name).string(); }

  [[nodiscard]] std::vector<std::string> words(std::vector<std::string> given, const std::string& output) const {
    given.insert(given.begin(), "train");
    for (const char* word : {"--image-size", "16", "--batch", "2", "--steps", "9", "--checkpoint-every", "2", "--data"})
      given.emplace_back(word);
    given.push_back(folder("slopes"));
    given.insert(given.end(), {"--output", folder(output)});
    return dpsbench_words(given);
  }

  TinyExperiment tiny_;
};

TEST_P(KilledTraining, GoesOnBitForBit) {
  const std::vector<std::string> autoencoder = {"--kind", "autoencoder",       "--channel-mult",
                                                "1,1",    "--latent-channels", "2"};
  std::vector<std::string> given = GetParam().words.empty() ? autoencoder : GetParam().words;
  if (given.front() == "--prior") {
    ASSERT_EQ(run_program(words(autoencoder, "of")).code, 0);
    write_text(
        folder("prior.yaml"),
        "{kind: unet, weights: none.safetensors, image_size: 8, in_channels: 2, num_channels: 32, num_res_blocks: 1, "
        "channel_mult: [1], num_head_channels: 32, autoencoder: {kind: kl-f8, weights: of/weights.safetensors, "
        "image_size: 16, num_channels: 32, channel_mult: [1, 1], num_res_blocks: 1, latent_channels: 2, "
        "norm_num_groups: 4}}");
    given.push_back(folder("prior.yaml"));
  }
  const Ended alone = run_program(words(given, "alone"));
  ASSERT_EQ(alone.code, 0) << alone.err;

  // the second checkpoint, after step 4, is never in place: it goes on from step 2; the same of the last one and of the
  // weights beside it
  for (const std::string fault :
       {"killed:2:/checkpoint.safetensors", "killed:5:/checkpoint.safetensors", "killed:5:/weights.safetensors"}) {
    const std::string output = "out" + fault.substr(7, 1) + fault.substr(10, 1);
    const Ended killed = run_program(with_fault(fault, words(given, output)));
    EXPECT_EQ(killed.code, 128 + SIGKILL) << fault << killed.err;
    std::vector<std::string> again = words(given, output);
    EXPECT_NE(run_program(again).code, 0);  // not over what is there unasked
    again.emplace_back("--resume");
    const Ended resumed = run_program(again);
    EXPECT_EQ(resumed.code, 0) << fault << resumed.err;
    for (const char* file : {"/checkpoint.safetensors", "/weights.safetensors"})
      EXPECT_EQ(read_text(folder("alone") + file), read_text(folder(output) + file)) << fault << file;
  }
}

TEST(Train, RefusesOptionsThatItsKindWouldIgnore) {
  const std::vector<std::vector<std::string>> wrong = {{"--norm-groups", "3"},
                                                       {"--kind", "autoencoder", "--dropout", "0.1"},
                                                       {"--kind", "gmm", "--steps", "5"},
                                                       {"--kind", "pca", "--data", "x"}};
  for (std::vector<std::string> words : wrong) {
    const std::string option = words[words.size() - 2];
    words.insert(words.begin(), {"train", "--output", "nowhere"});
    const Ended ended = run_program(dpsbench_words(words));
    EXPECT_NE(ended.code, 0) << option;
    EXPECT_THAT(ended.err, testing::HasSubstr(option + " is of --kind"));
  }
}

INSTANTIATE_TEST_SUITE_P(Of, KilledTraining,
                         testing::Values(Kind{"network", {"--channel-mult", "1"}}, Kind{"autoencoder", {}},
                                         Kind{"latents", {"--prior"}}),
                         [](const auto& kind) { return kind.param.name; });

}  // namespace
}  // namespace dpsbench
