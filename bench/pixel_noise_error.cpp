// How far a network that is told the noise of each pixel is from a law whose non-isotropic score is known (Proposition
// 4.2): by mask and noise level, on the same states of images drawn from the law.
//   pixel_noise_error LAW.yaml PRIOR.yaml [IMAGES] [MASKS] [SIGMA_Y]
// Prints three Markdown tables. Of hidden pixels: the squared error of E[x_0 | x_t, y] by which the network exceeds the
// law's, over the law's own (the MMSE); the relative error of the score; and the variance that the network tells over
// its squared error.
#include <ATen/Parallel.h>
#include <ATen/core/grad_mode.h>
#include <fmt/format.h>

#include <cmath>
#include <functional>

#include "core/anisotropic.h"
#include "core/error.h"
#include "priors/registry.h"
#include "runner/experiment/prior_block.h"
#include "runner/station/device.h"
#include "tasks/registry.h"

namespace {

using namespace dpsbench;

struct Setting {
  std::string title;
  std::string task;  ///< empty: every pixel is hidden
  std::map<std::string, OptionValue> options;
};

std::vector<Setting> settings(const ImageShape& shape) {
  const std::int64_t half = shape.height / 2;
  return {{"random, 40 %", "inpainting", {{"mask_fraction", 0.4}}},
          {"random, 70 %", "inpainting", {{"mask_fraction", 0.7}}},
          {"random, 92 %", "inpainting", {{"mask_fraction", 0.92}}},
          {"box, half as wide", "box_inpainting", {{"size", half}, {"margin", std::int64_t{1}}}},
          {"right half", "half_inpainting", {}},
          {"all (one level)", "", {}}};
}

constexpr double levels[] = {0.05, 0.2, 1, 5, 50};

PhiloxNoise noise_of(std::int64_t first, std::int64_t count) {
  std::vector<StreamId> streams;
  for (std::int64_t k = first; k < first + count; ++k) streams.push_back({"error", std::to_string(k), 0});
  return {1, streams};
}

Tensor mask_of(const Setting& setting, const Prior& law, std::int64_t which) {
  const ImageShape shape = law.shape();
  if (setting.task.empty()) return at::zeros({1, 1, shape.height, shape.width}, law.options());
  const TaskEntry& task = find_task(setting.task);
  const PhiloxNoise noise = noise_of(which, 1);
  return task.bind(OptionValues(task.options, setting.options), shape, noise, law.options())->measured();
}

/// Sums over hidden pixels.
struct Sums {
  double excess = 0, least = 0, score_error = 0, score = 0, error = 0, told = 0;
};

class Comparison {
 public:
  Comparison(const TractablePrior& law, const Prior& network, std::int64_t images, std::int64_t masks, double sigma_y)
      : law_(law), network_(network), images_(images), masks_(masks), sigma_y_(sigma_y) {}

  [[nodiscard]] Sums sums(const Setting& setting, double sigma_t) const {
    Sums sums;
    for (std::int64_t k = 0; k < masks_; ++k) add(mask_of(setting, law_, k), sigma_t, k * images_, sums);
    return sums;
  }

 private:
  void add(const Tensor& mask, double sigma_t, std::int64_t first, Sums& sums) const {
    const PhiloxNoise noise = noise_of(first, images_);
    const ImageShape shape = law_.shape();
    const NoiseLevel level = NoiseSchedule::linear().level_of_sigma(sigma_t);
    const auto normal = [&](Purpose purpose) {
      return noise.normal(purpose, 0, {shape.channels, shape.height, shape.width}, law_.options());
    };
    const Tensor x0 = law_.sample(noise, Purpose::training, 0);
    const Tensor y = (x0 + normal(Purpose::measurement) * sigma_y_) * mask;
    const Tensor x_t = (x0 + normal(Purpose::step) * sigma_t) * std::sqrt(level.alpha_bar);
    const auto at_both = [&](const Prior& prior) {
      return inpainting_posterior(dynamic_cast<const AnisotropicScore&>(prior), x_t.to(prior.options()), level,
                                  y.to(prior.options()), mask.to(prior.options()), sigma_y_);
    };
    const InpaintingPosterior exact = at_both(law_);
    const InpaintingPosterior met = at_both(network_);
    const Tensor hidden = (1 - mask).to(at::kDouble);
    const auto mean = [&](const Tensor& score) {
      return (x_t.to(at::kDouble) + score.to(at::kDouble) * (1 - level.alpha_bar)) * (1 / std::sqrt(level.alpha_bar));
    };
    const auto square = [&](const Tensor& t) { return (t * hidden).square().sum().item<double>(); };
    const Tensor best = mean(exact.score);
    const Tensor estimate = mean(met.score);
    sums.excess += square(estimate - best);
    sums.least += square(best - x0);
    sums.error += square(estimate - x0);
    sums.score_error += square((met.score - exact.score).to(at::kDouble));
    sums.score += square(exact.score.to(at::kDouble));
    if (met.variance.defined()) sums.told += (met.variance.to(at::kDouble) * hidden).sum().item<double>();
  }

  const TractablePrior& law_;
  const Prior& network_;
  std::int64_t images_;
  std::int64_t masks_;
  double sigma_y_;
};

void print_table(const std::string& title, const std::vector<Setting>& rows, const std::vector<std::vector<Sums>>& all,
                 const std::function<double(const Sums&)>& number) {
  fmt::print("\n{}\n\n| hidden | sigma_t {} |\n|{}\n", title, fmt::join(levels, " | "),
             " --- | --- | --- | --- | --- | --- |");
  for (std::size_t r = 0; r < rows.size(); ++r) {
    fmt::print("| {} |", rows[r].title);
    for (const Sums& sums : all[r]) fmt::print(" {:.3g} |", number(sums));
    fmt::print("\n");
  }
}

}  // namespace

int main(int argc, char** argv) try {
  if (argc < 3) {
    fmt::print(stderr, "usage: pixel_noise_error LAW.yaml PRIOR.yaml [IMAGES a mask] [MASKS] [SIGMA_Y]\n");
    return 2;
  }
  keep_freed_memory();
  at::set_num_threads(1);
  const at::NoGradGuard no_grad;
  const auto law = make_prior(read_prior_file(argv[1]), at::kDouble);
  const auto network = make_prior(read_prior_file(argv[2]), at::kFloat);
  const auto* tractable = dynamic_cast<const TractablePrior*>(law.get());
  if (tractable == nullptr || dynamic_cast<const AnisotropicScore*>(law.get()) == nullptr)
    throw UserError("{}: the law's non-isotropic score is not known in closed form", argv[1]);
  if (dynamic_cast<const AnisotropicScore*>(network.get()) == nullptr)
    throw UserError("{}: the network is not told the noise of each pixel (noise_map)", argv[2]);
  const std::int64_t images = argc > 3 ? std::stol(argv[3]) : 64;
  const std::int64_t masks = argc > 4 ? std::stol(argv[4]) : 2;
  const double sigma_y = argc > 5 ? std::stod(argv[5]) : 0.05;
  const Comparison comparison(*tractable, *network, images, masks, sigma_y);

  const std::vector<Setting> rows = settings(law->shape());
  std::vector<std::vector<Sums>> all;
  for (const Setting& setting : rows) {
    all.emplace_back();
    for (const double sigma_t : levels) all.back().push_back(comparison.sums(setting, sigma_t));
  }
  print_table("excess / MMSE", rows, all, [](const Sums& s) { return s.excess / s.least; });
  print_table("relative error of the score", rows, all,
              [](const Sums& s) { return std::sqrt(s.score_error / s.score); });
  print_table("told variance / squared error", rows, all, [](const Sums& s) { return s.told / s.error; });
  return 0;
} catch (const dpsbench::UserError& error) {
  fmt::print(stderr, "{}\n", error.what());
  return 2;
}
