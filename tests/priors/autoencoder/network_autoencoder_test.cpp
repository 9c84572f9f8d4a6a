#include "priors/autoencoder/network_autoencoder.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "priors/autoencoder/plain.h"
#include "tests/message_of.h"
#include "tests/priors/golden_network.h"

namespace dpsbench {
namespace {

using testing::HasSubstr;

const std::string vq_file = DPSBENCH_GOLDEN "/ldm_vq_f4_tiny.safetensors";
const std::string kl_file = DPSBENCH_GOLDEN "/ldm_kl_f8_tiny.safetensors";

AutoencoderOptions vq_options() {
  AutoencoderOptions options;
  options.image_size = 32;
  options.num_channels = 32;
  options.channel_mult = {1, 2, 1};
  options.num_res_blocks = 1;
  options.codes = 64;
  return options;
}

AutoencoderOptions kl_options() {
  AutoencoderOptions options = vq_options();
  options.regularisation = LatentRegularisation::normal;
  options.channel_mult = {1, 2, 1, 1};
  options.latent_channels = 4;
  return options;
}

AutoencoderParameters parameters_in(const AutoencoderOptions& options, const Tensors& weights) {
  const std::string path = testing::TempDir() + fmt::format("autoencoder_{}.safetensors", ::getpid());
  write_safetensors(path, weights);
  const SafetensorsFile file(path);
  std::filesystem::remove(path);
  return autoencoder_parameters(options, file);
}

/// Largest error of a value, and of its gradient.
struct CodingErrors {
  double value;
  double vjp;
};

CodingErrors coding_errors(const CodingPass& pass, const Tensors& io, const char* value, const char* cotangent,
                           const char* vjp) {
  return {relative_error(pass.value, io.at(value)), relative_error(pass.pull_back({io.at(cotangent)})[0], io.at(vjp))};
}

#define EXPECT_MET(errors)                                                                                            \
  do {                                                                                                                \
    const CodingErrors found = errors;                                                                                \
    EXPECT_LT(found.value, 1e-5);                                                                                     \
    EXPECT_LT(found.vjp, 1e-5);                                                                                       \
    RecordProperty(fmt::format("line {}", __LINE__), fmt::format("{:.2g}, gradient {:.2g}", found.value, found.vjp)); \
  } while (false)

TEST(VqAutoencoder, GivesWhatItsLibraryGave) {
  const GoldenNetwork golden = golden_network(vq_file);
  const Tensors& io = golden.vectors;
  const AutoencoderParameters parameters = parameters_in(vq_options(), golden.weights);
  const NetworkAutoencoder autoencoder(vq_options(), parameters, at::kFloat);
  EXPECT_MET(coding_errors(autoencoder.encode(io.at("x"), Gradient::wanted), io, "z", "cotangent_z", "vjp_encode"));
  EXPECT_TRUE(at::equal(autoencoder.codebook()->nearest(io.at("z")), io.at("indices").to(at::kLong)));
  EXPECT_LT(relative_error(autoencoder.codebook()->quantized(io.at("z")), io.at("z_quantized")), 1e-6);
  EXPECT_MET(
      coding_errors(autoencoder.decode(io.at("z"), Gradient::wanted), io, "decoded", "cotangent_x", "vjp_decode"));
  AutoencoderOptions options = vq_options();
  options.quantizes = false;
  const NetworkAutoencoder continuous(options, parameters, at::kFloat);
  EXPECT_MET(coding_errors(continuous.decode(io.at("z"), Gradient::wanted), io, "decoded_unquantized", "cotangent_x",
                           "vjp_decode_unquantized"));
}

TEST(KlAutoencoder, GivesWhatItsLibraryGave) {
  const GoldenNetwork golden = golden_network(kl_file);
  const Tensors& io = golden.vectors;
  const NetworkAutoencoder autoencoder(kl_options(), parameters_in(kl_options(), golden.weights), at::kFloat);
  EXPECT_MET(coding_errors(autoencoder.encode(io.at("x"), Gradient::wanted), io, "mean", "cotangent_z", "vjp_mode"));
  EXPECT_MET(
      coding_errors(autoencoder.decode(io.at("mean"), Gradient::wanted), io, "decoded", "cotangent_x", "vjp_decode"));
  const LatentDistribution latents = autoencoder.distribution(io.at("x"), Gradient::wanted);
  EXPECT_LT(relative_error(latents.mean, io.at("mean")), 1e-5);
  EXPECT_LT(relative_error(latents.deviation, io.at("std")), 1e-5);
  EXPECT_LT(relative_error(latents.mean + latents.deviation * io.at("noise"), io.at("sample")), 1e-5);
  const Tensor& c = io.at("cotangent_z");
  EXPECT_LT(relative_error(latents.pull_back({{c, c * io.at("noise")}})[0], io.at("vjp_sample")), 1e-5);
}

/// Largest errors of coding and decoding where one rule is another.
struct Felt {
  double encoded;
  double decoded;
};

Felt coded_with(const std::string& file, AutoencoderOptions options,
                const std::function<void(AutoencoderOptions&)>& flip) {
  const GoldenNetwork golden = golden_network(file);
  const Tensors& io = golden.vectors;
  const AutoencoderParameters parameters = parameters_in(options, golden.weights);
  flip(options);
  const NetworkAutoencoder autoencoder(options, parameters, at::kFloat);
  const Tensor& z = io.at(options.has_codebook() ? "z" : "mean");
  return {relative_error(autoencoder.encode(io.at("x"), Gradient::none).value, z),
          relative_error(autoencoder.decode(z, Gradient::none).value, io.at("decoded"))};
}

TEST(Autoencoders, FeelEachRule) {
  constexpr double felt = 1e-4;  // ten times what is allowed
  for (const bool vq : {true, false}) {
    const auto flipped = [&](const std::function<void(AutoencoderOptions&)>& flip) {
      return coded_with(vq ? vq_file : kl_file, vq ? vq_options() : kl_options(), flip);
    };
    const auto both = [](const Felt& errors) { return std::min(errors.encoded, errors.decoded); };
    EXPECT_GT(both(flipped([](AutoencoderOptions& o) { o.norm_eps = 1e-5; })), felt);
    EXPECT_GT(both(flipped([](AutoencoderOptions& o) { o.norm_num_groups = 16; })), felt);
    EXPECT_GT(both(flipped([](AutoencoderOptions& o) { o.mid_attention = false; })), felt);
    EXPECT_GT(flipped([](AutoencoderOptions& o) { o.downsample_padding = 1; }).encoded, felt);
  }
  const auto continuous = [](AutoencoderOptions& o) { o.quantizes = false; };
  EXPECT_GT(coded_with(vq_file, vq_options(), continuous).decoded, felt);
  const Tensors io =
      golden_network(vq_file).vectors;  // encoding does not quantise; a straight-through gradient's place
  EXPECT_GT(relative_error(io.at("z_quantized"), io.at("z")), felt);
  EXPECT_GT(relative_error(io.at("vjp_decode"), io.at("vjp_decode_unquantized")), felt);
}

TEST(KlAutoencoder, BoundsItsVariances) {
  AutoencoderParameters parameters = parameters_in(kl_options(), golden_network(kl_file).weights);
  Tensor& bias = parameters.between.at("quant_conv.bias");
  bias = bias.clone();
  bias[4] += 1000;
  bias[5] -= 1000;
  const NetworkAutoencoder autoencoder(kl_options(), parameters, at::kFloat);
  const Tensor x = golden_network(kl_file).vectors.at("x");
  const LatentDistribution latents = autoencoder.distribution(x, Gradient::wanted);
  EXPECT_TRUE(at::allclose(latents.deviation.select(1, 0), at::full({1}, std::exp(10.0F)), 1e-6));
  EXPECT_TRUE(at::allclose(latents.deviation.select(1, 1), at::full({1}, std::exp(-15.0F)), 1e-6));
  Tensor of_deviation = at::zeros_like(latents.deviation);
  of_deviation.narrow(1, 0, 2).fill_(1);
  EXPECT_EQ(latents.pull_back({{at::zeros_like(of_deviation), of_deviation}})[0].abs().max().item<double>(), 0);
}

TEST(Codebook, TakesTheFirstOfEqualCodes) {
  const Tensor codes = at::tensor({2.0F, 0.0F, -1.0F, 0.0F, 1.0F, 0.0F, 1.0F, 0.0F}).view({4, 2});
  const Tensor z = at::tensor({0.0F, 1.1F, 1.4F, 1.6F, 0.0F, 0.0F, 0.0F, 0.0F}).view({1, 2, 1, 4});
  EXPECT_TRUE(at::equal(Codebook(codes).nearest(z), at::tensor({1, 2, 2, 0}, at::kLong).view({1, 1, 4})));
}

TEST(Autoencoders, TreatImagesAloneAndCotangentsTogether) {
  const GoldenNetwork golden = golden_network(vq_file);
  const Tensors& io = golden.vectors;
  const NetworkAutoencoder autoencoder(vq_options(), parameters_in(vq_options(), golden.weights), at::kFloat);
  const CodingPass both = autoencoder.decode(io.at("z"), Gradient::wanted);
  const Tensor& c = io.at("cotangent_x");
  const std::vector<Tensor> gradients = both.pull_back({c, c.flip(3)});
  for (std::int64_t image = 0; image < 2; ++image) {
    const CodingPass alone = autoencoder.decode(io.at("z").narrow(0, image, 1), Gradient::wanted);
    EXPECT_TRUE(at::equal(alone.value[0], both.value[image]));
    EXPECT_TRUE(at::equal(alone.pull_back({c.narrow(0, image, 1)})[0][0], gradients[0][image]));
  }
  const Tensor second = autoencoder.decode(io.at("z"), Gradient::wanted).pull_back({c.flip(3)})[0];
  EXPECT_TRUE(at::equal(second, gradients[1]));
  EXPECT_THROW((void)both.pull_back({c}), Error);
}

bool same_weights(const AutoencoderParameters& a, const AutoencoderParameters& b) {
  const auto parts_are = [](const UNetParameters& one, const UNetParameters& other) {
    return one.size() == other.size() && std::all_of(one.begin(), one.end(), [&](const auto& item) {
             return at::equal(item.second, other.at(item.first));
           });
  };
  return parts_are(a.encoder, b.encoder) && parts_are(a.decoder, b.decoder) && parts_are(a.between, b.between);
}

TEST(Autoencoders, AreTheSameByDiffusersNames) {
  for (const bool vq : {true, false}) {
    const GoldenNetwork golden = golden_network(vq ? vq_file : kl_file);
    const AutoencoderOptions options = vq ? vq_options() : kl_options();
    const AutoencoderParameters parameters = parameters_in(options, golden.weights);
    const auto names = nlohmann::json::parse(golden.told.at("diffusers_names"));
    Tensors today;
    Tensors before_2023;
    for (const auto& [name, tensor] : golden.weights) {
      std::string other = names.at(name).get<std::string>();
      const bool attends = other.find("attentions") != std::string::npos && tensor.dim() == 4;
      today[other] = attends ? tensor.flatten(1) : tensor;
      for (const auto& [now, then] :
           {std::pair{"to_q", "query"}, {"to_k", "key"}, {"to_v", "value"}, {"to_out.0", "proj_attn"}})
        if (const auto at = other.find(now); at != std::string::npos) other.replace(at, std::strlen(now), then);
      before_2023[other] = today.at(names.at(name).get<std::string>());
    }
    EXPECT_TRUE(same_weights(parameters_in(options, today), parameters));
    EXPECT_TRUE(same_weights(parameters_in(options, before_2023), parameters));
  }
}

TEST(Autoencoders, AreFoundBesideTheNetworkOfAWholeModel) {
  const GoldenNetwork golden = golden_network(vq_file);
  Tensors whole{{"betas", at::zeros({3})}, {"model.diffusion_model.time_embed.0.weight", at::zeros({4, 4})}};
  for (const auto& [name, tensor] : golden.weights) whole["first_stage_model." + name] = tensor;
  whole["first_stage_model.loss.discriminator.main.0.weight"] = at::zeros({4, 4});
  EXPECT_TRUE(same_weights(parameters_in(vq_options(), whole), parameters_in(vq_options(), golden.weights)));
}

TEST(Autoencoders, RefuseOtherFiles) {
  const GoldenNetwork golden = golden_network(vq_file);
  const auto told = [&](const AutoencoderOptions& options, const Tensors& weights) {
    return message_of<DataError>([&] { (void)parameters_in(options, weights); });
  };
  EXPECT_THAT(told(vq_options(), {{"x", at::zeros({1})}}), HasSubstr("holds no autoencoder"));
  AutoencoderOptions other = vq_options();
  other.mid_attention = false;
  EXPECT_THAT(told(other, golden.weights), HasSubstr("encoder.mid.attn_1.k.bias is not a parameter of it"));
  other = vq_options();
  other.num_res_blocks = 2;
  EXPECT_THAT(told(other, golden.weights), HasSubstr("encoder.down.0.block.1.norm1.weight [32] is missing"));
  other = vq_options();
  other.codes = 65;
  EXPECT_THAT(told(other, golden.weights), HasSubstr("'quantize.embedding.weight' has shape [64, 3], wanted [65, 3]"));
  Tensors weights = golden_network(kl_file).weights;
  weights["quantize.embedding.weight"] = at::zeros({64, 4});
  EXPECT_THAT(told(kl_options(), weights), HasSubstr("an autoencoder with a codebook"));
  EXPECT_THAT(message_of([] { (void)autoencoder_preset("kl-f16"); }), HasSubstr("there are vq-f4, kl-f8"));
}

TEST(Autoencoders, HaveTheParametersOfTheirNames) {
  const auto count = [](const AutoencoderOptions& options) {
    std::int64_t numbers = 0;
    for (const AutoencoderHalf& half : {encoder_structure(options), decoder_structure(options)})
      for (const auto& [name, shape] : half_parameters(options, half)) {
        std::int64_t size = 1;
        for (const std::int64_t side : shape) size *= side;
        numbers += size;
      }
    const std::int64_t moments = options.moment_channels();
    const std::int64_t latent = options.latent_channels;
    return numbers + moments * (moments + 1) + latent * (latent + 1) + (options.has_codebook() ? options.codes * 3 : 0);
  };
  EXPECT_EQ(count(autoencoder_preset("vq-f4")), 55322782);  // by building latent-diffusion's
  EXPECT_EQ(count(autoencoder_preset("kl-f8")), 83653863);
}

/// The passes that training goes through give what the frozen ones give.
TEST(PlainAutoencoder, GivesWhatTheFrozenOneGives) {
  for (const bool vq : {true, false}) {
    const AutoencoderOptions options = vq ? vq_options() : kl_options();
    const GoldenNetwork golden = golden_network(vq ? vq_file : kl_file);
    const AutoencoderParameters parameters = parameters_in(options, golden.weights);
    AutoencoderOptions as_they_are = options;
    as_they_are.quantizes = false;
    const NetworkAutoencoder frozen(as_they_are, parameters, at::kFloat);
    const Tensor& x = golden.vectors.at("x");
    const Tensor z = frozen.encode(x, Gradient::none).value;
    const Tensor moments = plain_moments(options, parameters, x);
    EXPECT_LT(relative_error(moments.narrow(1, 0, options.latent_channels), z), 1e-5);
    EXPECT_LT(relative_error(plain_decoded(options, parameters, z), frozen.decode(z, Gradient::none).value), 1e-5);
  }
}

TEST(StoredAutoencoder, IsReadBackAsItWas) {
  const AutoencoderOptions options = kl_options();
  const AutoencoderParameters parameters = parameters_in(options, golden_network(kl_file).weights);
  const AutoencoderParameters back = parameters_in(options, stored_autoencoder(options, parameters));
  for (const auto part :
       {&AutoencoderParameters::encoder, &AutoencoderParameters::decoder, &AutoencoderParameters::between}) {
    ASSERT_EQ((parameters.*part).size(), (back.*part).size());
    for (const auto& [name, tensor] : parameters.*part) EXPECT_TRUE(tensor.equal((back.*part).at(name))) << name;
  }
}

}  // namespace
}  // namespace dpsbench
