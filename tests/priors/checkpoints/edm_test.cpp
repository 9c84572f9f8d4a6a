#include <gmock/gmock.h>
#include <torch/csrc/autograd/autograd.h>

#include <cmath>

#include "priors/unet/architectures.h"
#include "priors/unet/preconditioned_prior.h"
#include "priors/unet/unet.h"
#include "tests/message_of.h"
#include "tests/priors/golden_network.h"

namespace dpsbench {
namespace {

using testing::HasSubstr;

const std::string dhariwal = DPSBENCH_GOLDEN "/edm_dhariwal_tiny.safetensors";
const std::string ddpmpp = DPSBENCH_GOLDEN "/edm_songunet_ddpmpp_tiny.safetensors";
const std::string ncsnpp = DPSBENCH_GOLDEN "/edm_songunet_ncsnpp_tiny.safetensors";

/// The network of a file edm_ARCHITECTURE_..., whose configurations differ in widths and groups alone.
UNetOptions options_of(const std::filesystem::path& file) {
  const std::string name = file.stem().string();
  const auto is = [&](const char* words) { return name.find(words) != std::string::npos; };
  UNetOptions options = unet_architecture(is("dhariwal") ? "edm_adm" : is("ddpmpp") ? "ddpmpp" : "ncsnpp");
  const bool wide = is("g32");
  options.image_size = 32;
  options.num_channels = wide ? 32 : 16;
  options.channel_mult = !wide            ? std::vector<double>{1, 2}
                         : is("dhariwal") ? std::vector<double>{1, 1}
                                          : std::vector<double>{2, 1};
  if (wide) options.norm_group_channels = 1;
  options.attention_resolutions = {16};
  if (is("dhariwal")) options.num_head_channels = 8;
  return options;
}

/// Largest errors of eps and of its gradient, against those that follow from a denoiser's values and gradients. Which
/// of the two keeps its digits depends on the level: D = u - sigma eps near the data, eps where noise is large.
struct Errors {
  double value = 0;
  double vjp = 0;
  void add(const Errors& other) {
    value = std::max(value, other.value);
    vjp = std::max(vjp, other.vjp);
  }
};

Errors at_a_level(const Prior& prior, double sigma, const Tensor& u, const Tensor& denoised, const Tensor& cotangent,
                  const Tensor& of_denoised) {
  const NoiseLevel level = NoiseLevel::of_sigma(sigma, 0);
  const double signal = std::sqrt(level.alpha_bar);
  const auto exact = [](const Tensor& t) { return t.to(at::kDouble); };
  const Evaluation found = prior.evaluate((exact(u) * signal).to(at::kFloat), level, Gradient::wanted);
  const Tensor of_eps = exact(found.pull_back({cotangent})[0]) * signal;  // with respect to u
  if (sigma > 1)
    return {relative_error(exact(found.eps), (exact(u) - exact(denoised)) / sigma),
            relative_error(of_eps, (exact(cotangent) - exact(of_denoised)) / sigma)};
  return {relative_error(exact(u) - sigma * exact(found.eps), exact(denoised)),
          relative_error(exact(cotangent) - sigma * of_eps, exact(of_denoised))};
}

PreconditionedPrior prior_of(const UNetOptions& options, const UNetParameters& parameters, const std::string& kind) {
  return {std::make_unique<UNetPrior>(options, parameters, at::kFloat), {kind, 0.5}};
}

Errors errors_of(const Prior& prior, const GoldenNetwork& golden, const std::string& suffix = "") {
  const Tensor sigma = golden.vectors.at("sigma").to(at::kDouble);
  Errors worst;
  for (std::int64_t k = 0; k < sigma.size(0); ++k)
    worst.add(at_a_level(prior, sigma[k].item<double>(), golden.vectors.at("x")[k], golden.vectors.at("D" + suffix)[k],
                         golden.vectors.at("cotangent"), golden.vectors.at("vjp" + suffix)[k]));
  return worst;
}

TEST(EdmNetworks, GiveWhatTheirLibraryGaveOnTheFrozenPath) {
  const auto files = golden_files("edm_dhariwal");
  auto all = golden_files("edm_songunet");
  all.insert(all.end(), files.begin(), files.end());
  ASSERT_GE(all.size(), 3U);
  for (const auto& file : all) {
    const GoldenNetwork golden = golden_network(file);
    const UNetOptions options = options_of(file);
    const UNetParameters parameters = parameters_from(options, golden.weights);
    for (const std::string kind : {"edm", "vp", "ve"}) {
      const std::string suffix = kind == "edm" ? "" : "_" + kind;
      if (!golden.vectors.contains("D" + suffix)) continue;
      const Errors errors = errors_of(prior_of(options, parameters, kind), golden, suffix);
      RecordProperty(file.stem().string() + suffix, fmt::format("{:.2g}, gradient {:.2g}", errors.value, errors.vjp));
      EXPECT_LT(errors.value, kind == "edm" ? 1e-5 : 2e-5) << file << suffix;
      EXPECT_LT(errors.vjp, kind == "vp" ? 4e-5 : 2e-5) << file << suffix;  // its times run to 933 in single precision
    }
  }
}

/// F, the network inside, which the file has too, and its gradient against the frozen path's in double precision.
TEST(EdmNetworks, GiveWhatTheirLibraryGaveOnThePlainPath) {
  for (const auto& file : {dhariwal, ddpmpp, ncsnpp}) {
    const GoldenNetwork golden = golden_network(file);
    const UNetOptions options = options_of(file);
    const UNetParameters parameters = parameters_from(options, golden.weights);
    for (std::int64_t k = 0; k < 4; ++k) {
      const double sigma = golden.vectors.at("sigma")[k].item<double>();
      const Tensor u = golden.vectors.at("x")[k].clone().requires_grad_(true);
      const double variance = sigma * sigma + 0.25;
      const Tensor F = unet_forward(options, parameters, u / std::sqrt(variance), at::full({1}, std::log(sigma) / 4));
      EXPECT_LT(relative_error(F.detach(), golden.vectors.at("F")[k]), 1e-5) << file << sigma;
      const Tensor D = u * (0.25 / variance) + F * (sigma * 0.5 / std::sqrt(variance));
      const Tensor vjp = torch::autograd::grad({D}, {u}, {golden.vectors.at("cotangent")})[0];
      EXPECT_LT(relative_error(vjp, golden.vectors.at("vjp")[k]), 2e-5) << file << sigma;
    }
  }
}

double with(const std::string& file, const std::function<void(UNetOptions&)>& flip) {
  const GoldenNetwork golden = golden_network(file);
  UNetOptions options = options_of(file);
  const UNetParameters parameters = parameters_from(options, golden.weights);
  flip(options);
  return errors_of(prior_of(options, parameters, "edm"), golden).value;
}

TEST(EdmNetworks, FeelEachRule) {
  constexpr double felt = 1e-4;  // ten times what is allowed
  const auto of_adm = [&](const std::function<void(UNetOptions&)>& flip) { return with(dhariwal, flip); };
  EXPECT_GT(of_adm([](UNetOptions& o) { o.norm_eps = 1e-6; }), felt);
  EXPECT_GT(of_adm([](UNetOptions& o) { o.norm_group_channels = 2; }), felt);
  EXPECT_GT(of_adm([](UNetOptions& o) { o.sin_first = true; }), felt);
  EXPECT_GT(of_adm([](UNetOptions& o) { o.num_head_channels = 16; }), felt);
  EXPECT_GT(of_adm([](UNetOptions& o) { o.use_new_attention_order = true; }), felt);
  EXPECT_GT(with(ddpmpp, [](UNetOptions& o) { o.freq_shift = 0; }), felt);
  const auto of_song = [&](const std::function<void(UNetOptions&)>& flip) { return with(ncsnpp, flip); };
  EXPECT_GT(of_song([](UNetOptions& o) { o.norm_eps = 1e-5; }), felt);
  EXPECT_GT(of_song([](UNetOptions& o) { o.norm_group_channels = 2; }), felt);
  EXPECT_GT(of_song([](UNetOptions& o) { o.sin_first = false; }), felt);
  EXPECT_GT(of_song([](UNetOptions& o) { o.skip_scale = 1; }), felt);
  EXPECT_GT(of_song([](UNetOptions& o) { o.smooth_resampling = false; }), felt);
  EXPECT_GT(of_song([](UNetOptions& o) { o.resample_proj = false; }), felt);
  EXPECT_GT(of_song([](UNetOptions& o) { o.input_pyramid = false; }), felt);
  EXPECT_GT(of_song([](UNetOptions& o) { o.num_heads = 4; }), felt);
}

TEST(EdmNetworks, AttendInTheLastBlockOfALevelAlone) {
  UNetOptions options = options_of(ncsnpp);
  options.attention_last = false;
  EXPECT_THAT(message_of<DataError>([&] { (void)parameters_from(options, golden_network(ncsnpp).weights); }),
              HasSubstr("model.dec.16x16_block0.norm2.weight [32] is missing"));
}

TEST(EdmNetworks, FeelTheOrderOfQueriesKeysAndValues) {
  const GoldenNetwork golden = golden_network(dhariwal);
  const UNetOptions options = options_of(dhariwal);
  UNetParameters parameters = parameters_from(options, golden.weights);
  for (auto& [name, tensor] : parameters)
    if (name.find("qkv.weight") != std::string::npos) {  // as the file has them
      const std::string middle = "middle_block.1.qkv.weight";
      if (name == middle) tensor = golden.weights.at("model.dec.16x16_in0.qkv.weight").view_as(tensor);
    }
  EXPECT_GT(errors_of(prior_of(options, parameters, "edm"), golden).value, 1e-3);
}

TEST(EdmNetworks, AreToldOneClass) {
  const GoldenNetwork golden = golden_network(dhariwal);
  const UNetOptions options = options_of(dhariwal);
  const Tensor labels = golden.vectors.at("label").argmax(1);
  Errors worst;
  for (std::int64_t image = 0; image < 2; ++image) {
    const auto row = [&](const char* name, bool of_levels) {
      const Tensor& all = golden.vectors.at(name);
      return (of_levels ? all[1] : all).narrow(0, image, 1);
    };
    const PreconditionedPrior prior =
        prior_of(options, parameters_from(options, golden.weights, labels[image].item<std::int64_t>()), "edm");
    worst.add(at_a_level(prior, 0.5, row("x", true), row("D_label", false), row("cotangent", false),
                         row("vjp_label", false)));
  }
  EXPECT_LT(worst.value, 1e-5);
  EXPECT_LT(worst.vjp, 2e-5);
  EXPECT_THAT(message_of([&] { (void)parameters_from(options, golden.weights, 10); }),
              testing::AllOf(HasSubstr("label: 10 is no class of"), HasSubstr("allowed: 0 to 9")));
  EXPECT_THAT(message_of([&] { (void)parameters_from(options_of(ncsnpp), golden_network(ncsnpp).weights, 1); }),
              HasSubstr("holds no table of classes"));
}

TEST(EdmNetworks, AreToldAClassOfEachImage) {
  const GoldenNetwork golden = golden_network(dhariwal);
  const UNetOptions options = options_of(dhariwal);
  const PreconditionedPrior prior = prior_of(options, parameters_from(options, golden.weights, {}, true), "edm");
  const Tensor x = golden.vectors.at("x")[1];
  const NoiseLevel level = NoiseLevel::of_sigma(0.5, 0);
  for (const std::int64_t label : {0, 7}) {
    const PreconditionedPrior alone = prior_of(options, parameters_from(options, golden.weights, label), "edm");
    const auto told = prior.of_class(label);
    const Evaluation here = told->evaluate(x, level, Gradient::wanted);
    const Evaluation there = alone.evaluate(x, level, Gradient::wanted);
    EXPECT_TRUE(here.eps.equal(there.eps)) << label;
    EXPECT_TRUE(here.pull_back({x})[0].equal(there.pull_back({x})[0])) << label;
    EXPECT_THAT(message_of([&] { (void)told->of_class(1); }), HasSubstr("is told no class of each image"));
  }
  EXPECT_FALSE(prior.of_class(0)
                   ->evaluate(x, level, Gradient::none)
                   .eps.equal(prior.of_class(7)->evaluate(x, level, Gradient::none).eps));
  EXPECT_THAT(message_of([&] { (void)prior.of_class(10); }),
              testing::AllOf(HasSubstr("10 is no class of the network"), HasSubstr("allowed: 0 to 9")));
  EXPECT_THAT(message_of([&] { (void)prior.evaluate(x, level, Gradient::none); }), HasSubstr("label_of_image"));
  EXPECT_THAT(message_of([&] { (void)parameters_from(options_of(ncsnpp), golden_network(ncsnpp).weights, {}, true); }),
              HasSubstr("holds no table of classes"));
}

/// deepinv's files have EDM's names without what its wrapper puts before them.
TEST(EdmNetworks, AreTheSameByDeepinvsNames) {
  const GoldenNetwork golden = golden_network(ncsnpp);
  Tensors shorter;
  for (const auto& [name, tensor] : golden.weights) shorter[name.substr(std::string("model.").size())] = tensor;
  const UNetParameters parameters = parameters_from(options_of(ncsnpp), golden.weights);
  const UNetParameters again = parameters_from(options_of(ncsnpp), shorter);
  for (const auto& [name, tensor] : parameters) EXPECT_TRUE(at::equal(again.at(name), tensor)) << name;
}

TEST(Architectures, HaveTheParametersOfTheNetworksOfTheirNames) {
  const auto count = [](UNetOptions options) {
    std::int64_t numbers = 0;
    for (const auto& [name, shape] : unet_parameters(options)) {
      std::int64_t size = 1;
      for (const std::int64_t side : shape) size *= side;
      numbers += size;
    }
    return numbers;
  };
  const auto song = [&](const char* name) {
    UNetOptions options = unet_architecture(name);
    options.image_size = 64;
    options.num_res_blocks = 4;
    options.channel_mult = {1, 2, 2, 2};
    options.attention_resolutions = {16};
    return count(options);
  };
  // edm-ffhq-64x64-uncond-vp and -ve without their table of augmentations, 9 x 128 and 9 x 256, which sampling leaves,
  // and with the frequencies, which are no parameters there
  EXPECT_EQ(song("ddpmpp"), 61'805'571 - 9 * 128);
  EXPECT_EQ(song("ncsnpp"), 62'761'091 - 9 * 256 + 128);
  UNetOptions cifar = unet_architecture("ddpmpp");  // edm-cifar10-32x32-uncond-vp
  cifar.image_size = 32;
  cifar.num_res_blocks = 4;
  cifar.channel_mult = {2, 2, 2};
  cifar.attention_resolutions = {16};
  EXPECT_EQ(count(cifar), 55'733'891 - 9 * 128);
  UNetOptions celeba = unet_architecture("ddpm");
  celeba.num_res_blocks = 2;
  celeba.channel_mult = {1, 1, 2, 2, 4, 4};
  celeba.attention_resolutions = {16};
  EXPECT_EQ(count(celeba), 113'673'219);  // google/ddpm-celebahq-256
  EXPECT_THAT(message_of([] { (void)unet_architecture("edm"); }), HasSubstr("adm, ddpm, edm_adm, ddpmpp, ncsnpp"));
}

}  // namespace
}  // namespace dpsbench
