#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/latent/latent_prior.h"
#include "priors/weights/safetensors.h"
#include "runner/station/digest_inputs.h"
#include "runner/station/station.h"
#include "runner/work/execute_unit.h"
#include "tests/message_of.h"
#include "tests/runner/support/tiny_experiment.h"
#include "training/principal_components.h"

namespace dpsbench {
namespace {

using testing::HasSubstr;
using testing_support::TinyExperiment;

/// The tiny experiment under the principal components of its mixture, in one file with the law of their latents.
class LatentUnits : public testing::Test {
 protected:
  LatentUnits() {
    const PriorSpec law{.kind = "gaussian_mixture", .file = (tiny_.folder() / "mixture.safetensors").string()};
    model_ = principal_components(*make_prior(law, TensorOptions().dtype(at::kDouble)), latents);
    save_component_model(tiny_.folder() / "latents.safetensors", model_);
    tiny_.edit("prior: {kind: gaussian_mixture, file: mixture.safetensors}",
               "prior: {kind: gaussian_mixture, file: latents.safetensors, autoencoder: {kind: pca}}");
  }

  [[nodiscard]] Station station(const std::vector<std::string>& overrides = {}) const {
    return set_up_station({.experiment = tiny_.file(), .output = {}, .overrides = overrides, .part = {}}, 0);
  }
  [[nodiscard]] static Plan plan_of(const Station& at) {
    return make_plan(at.experiment, at.prior->shape(),
                     digest_inputs(at.experiment, at.dataset, map_weights(at.experiment)));
  }
  [[nodiscard]] std::string refusal(const std::vector<std::string>& overrides) const {
    return message_of<UserError>([&] { static_cast<void>(plan_of(station(overrides))); });
  }
  /// The first two images of the first unit of a method.
  [[nodiscard]] static UnitRecord record_of(const Station& at, const std::string& method) {
    const Plan plan = plan_of(at);
    const Workbench bench{at.experiment, plan, at.dataset, *at.prior, at.law(), at.metrics};
    for (const Unit& unit : plan.units)
      if (plan.cells[unit.cell].method->name == method) return execute_unit(bench, unit, {0, 1}, [](double) {}).record;
    throw std::runtime_error("no unit of " + method);
  }

  static constexpr std::int64_t latents = 12;
  TinyExperiment tiny_;
  ComponentModel model_;
};

TEST_F(LatentUnits, SampleLatentsAndShowImages) {
  const Station at = station();
  EXPECT_EQ(at.prior->shape(), testing_support::tiny_shape);
  ASSERT_NE(as_latent(*at.prior), nullptr);
  EXPECT_EQ(as_latent(*at.prior)->latents().shape(), (ImageShape{latents, 1, 1}));
  const UnitRecord dps = record_of(at, "dps");
  EXPECT_EQ(dps.samples.sizes(), (std::vector<std::int64_t>{2, 3, 8, 8}));
  EXPECT_EQ(dps.trajectory.sizes(), (std::vector<std::int64_t>{1, 2, 3, 8, 8}));
  EXPECT_EQ(dps.network_evaluations, 10);
  EXPECT_EQ(dps.coding.decodings, 11);  // one a step, and the answer's
  EXPECT_EQ(dps.coding.decodings_back, 10);
  EXPECT_EQ(dps.coding.encodings, 0);
  EXPECT_THAT(dps.attributes.at("autoencoder"), HasSubstr("pca"));
  EXPECT_THAT(dps.attributes.at("method_label"), HasSubstr("latents"));
  // what was sampled lies where the decoder can reach
  const Tensor apart = dps.samples.to(at::kDouble).flatten(1) - model_.mean.flatten();
  const Tensor inside = at::mm(at::mm(apart, model_.basis.t()), model_.basis);
  EXPECT_TRUE(at::allclose(inside, apart, 0, 1e-5));
}

TEST_F(LatentUnits, HaveTheDecodersOwnErrorBesideThem) {
  const Station at = station();
  const UnitRecord control = record_of(at, "reconstruction");
  const Tensor apart = control.reference.to(at::kDouble).flatten(1) - model_.mean.flatten();
  const Tensor inside = at::mm(at::mm(apart, model_.basis.t()), model_.basis) + model_.mean.flatten();
  EXPECT_TRUE(at::allclose(control.samples.to(at::kDouble).flatten(1), inside, 0, 1e-5));
  EXPECT_EQ(control.attributes.at("no_verdict"), "control: uses the original");
  EXPECT_EQ(control.network_evaluations, 0);
  const Plan plan = plan_of(at);
  std::set<std::string> settings;  // every one has the control, though the experiment does not ask for it
  std::size_t controls = 0;
  for (const Cell& cell : plan.cells) {
    settings.insert(setting_content(cell.task_state(), cell.sigma_y));
    controls += cell.method->name == "reconstruction" ? 1 : 0;
  }
  EXPECT_EQ(controls, settings.size());
}

/// Exact draws of latents are judged by the posterior of latents, where they are what twenty exact samples are.
TEST_F(LatentUnits, AreJudgedByThePosteriorOfLatents) {
  tiny_.edit("dataset: {name: noise, path: images, size: 8}", "dataset: {name: drawn, kind: drawn, images: 0-5}");
  tiny_.edit("  - {name: exact, steps: 10, tasks: [denoising]}", "  - {name: posterior-draw}");
  const Station at = station({"samples=20", "metrics=[psnr, mmse_gap, mean_error, coverage_90]"});
  const UnitRecord exact = record_of(at, "posterior-draw");
  EXPECT_EQ(exact.samples.sizes(), (std::vector<std::int64_t>{2, 20, 3, 8, 8}));
  EXPECT_LT((exact.metrics.at("mean_error") - 1 / std::sqrt(20.0)).abs().max().item<double>(), 0.2);
  EXPECT_LT((exact.metrics.at("coverage_90") - 0.9).abs().max().item<double>(), 0.35);
  EXPECT_GT(record_of(at, "dps").metrics.at("mean_error").min().item<double>(), 0.5);
}

TEST_F(LatentUnits, DependOnTheAutoencodersFile) {
  const auto id = [&](const std::vector<std::string>& overrides) { return plan_of(station(overrides)).units[0].id; };
  const std::string whole = id({});
  std::filesystem::copy_file(tiny_.folder() / "latents.safetensors", tiny_.folder() / "other.safetensors");
  const std::string apart = id({"prior.autoencoder.weights=" + (tiny_.folder() / "other.safetensors").string()});
  EXPECT_NE(whole, apart);
  EXPECT_NE(whole, id({"prior.autoencoder.scale=2"}));
  EXPECT_EQ(whole, id({"prior.autoencoder.scale=1"}));
}

TEST_F(LatentUnits, AreRefusedBeforeAnyWorkWhereTheyCannotBe) {
  tiny_.edit("  - {name: dps, steps: [10, 5]}", "  - {name: ddrm, steps: 10}");
  EXPECT_THAT(refusal({}), HasSubstr("'ddrm' needs a singular value decomposition, and behind a decoder"));
  EXPECT_THAT(refusal({"methods.1={name: inpainting-isotropic}"}), HasSubstr("works on the pixels of its tasks"));
  EXPECT_THAT(refusal({"methods.1={name: dps-w}"}), HasSubstr("'inpainting' has none in latents"));
  const std::string images = "prior={kind: gaussian_mixture, file: mixture.safetensors}";
  EXPECT_THAT(refusal({images, "methods.1={name: psld}"}),
              HasSubstr("method 'psld' is for priors of latents (a prior with an autoencoder)"));
  const std::string unet =
      "prior={kind: unet, weights: w, image_size: 64, num_channels: 32, num_res_blocks: 1, channel_mult: [1, 2], ";
  EXPECT_THAT(refusal({unet + "autoencoder: {kind: kl-f8}}"}),
              HasSubstr("the prior is of 3 x 64 x 64 (channels, height, width), the autoencoder's latents are "
                        "4 x 32 x 32"));
  EXPECT_THAT(refusal({unet + "clip: true, autoencoder: {kind: vq-f4}}"}),
              HasSubstr("latents, which are not in [-1, 1]"));
  EXPECT_THAT(refusal({unet + "autoencoder: {kind: vq-f8}}"}), HasSubstr("kl-f8"));
  EXPECT_THAT(refusal({unet + "autoencoder: {kind: kl-f8, codes: 3}}"}), HasSubstr("codes"));
  EXPECT_THAT(refusal({unet + "autoencoder: {kind: vq-f4, weights: nowhere.safetensors}}", "dataset.size=256"}),
              HasSubstr("autoencoder.weights"));
}

}  // namespace
}  // namespace dpsbench
