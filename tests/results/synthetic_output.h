#pragma once
#include <cmath>
#include <filesystem>
#include <string>
#include <vector>

#include "results/store/manifest.h"
#include "results/store/unit_store.h"

namespace dpsbench::testing {

/// A small picture made of a sky, a hill and a few discs; a different one for every number. [3, side, side] in [-1, 1].
inline Tensor synthetic_picture(int number, std::int64_t side) {
  const Tensor line = at::linspace(0, 1, side, at::kDouble);
  const Tensor y = line.reshape({side, 1}).expand({side, side});
  const Tensor x = line.reshape({1, side}).expand({side, side});
  const auto phase = [number](double k) { return 0.5 + 0.5 * std::sin(12.9898 * (number + 1) * k + k); };
  std::vector<Tensor> channels;
  for (int c = 0; c < 3; ++c) channels.push_back(0.35 + 0.3 * phase(1.3 + c) + 0.35 * (1 - y));
  const Tensor hill = (y > 0.62 + 0.12 * (6 * x + 6 * phase(2.2)).sin()).to(at::kDouble);
  for (int c = 0; c < 3; ++c) channels[c] = channels[c] * (1 - hill) + hill * (0.1 + 0.5 * phase(3.1 + c) * (1.3 - y));
  for (int k = 0; k < 3; ++k) {
    const double radius = 0.08 + 0.12 * phase(5.0 + k);
    const Tensor distance = ((x - phase(7.0 + k)).square() + (y - phase(9.0 + k)).square()).sqrt();
    const Tensor disc = ((radius - distance) * static_cast<double>(side) / 2).clamp(0, 1);
    for (int c = 0; c < 3; ++c) channels[c] = channels[c] * (1 - disc) + disc * phase(11.0 + 3 * k + c);
  }
  return (at::stack(channels).clamp(0, 1) * 2 - 1).to(at::kFloat);
}

/// Numbers that look normal enough for pictures, the same every time.
inline Tensor synthetic_noise(const std::vector<std::int64_t>& shape, double salt) {
  std::int64_t count = 1;
  for (const std::int64_t size : shape) count *= size;
  const Tensor index = at::arange(count, at::kDouble);
  Tensor sum = at::zeros({count}, at::kDouble);
  for (int k = 1; k <= 4; ++k) {
    const Tensor value = (index * (12.9898 + 3.7 * k) + salt * 78.233 * k).sin() * 43758.5453;
    sum += value - value.floor() - 0.5;
  }
  return (sum * 1.73).to(at::kFloat).reshape(shape);
}

/// A method as the synthetic output knows it.
struct SyntheticMethod {
  std::string name;
  std::string steps;
  std::map<std::string, std::string> options;
  double error;  ///< size of its mistakes
};

inline UnitRecord synthetic_sampling(const SyntheticMethod& method, const std::string& fraction,
                                     const std::string& sigma_y, std::int64_t images) {
  const std::int64_t side = 64;
  const double hidden = fraction.empty() ? 0 : std::stod(fraction);
  UnitRecord unit;
  std::vector<Tensor> pictures;
  for (int i = 0; i < images; ++i) {
    pictures.push_back(synthetic_picture(i, side));
    unit.image_ids.push_back(fmt::format("{:05}", i));
    unit.positions.push_back(i);
  }
  unit.reference = at::stack(pictures);
  const Tensor mask = (synthetic_noise({images, 1, side, side}, 0.3).abs() > 2.2 * hidden * 0.5).to(at::kFloat);
  unit.measurement = (unit.reference + std::stod(sigma_y) * synthetic_noise(unit.reference.sizes().vec(), 1)) * mask;
  unit.measurement_picture = unit.measurement.clone();
  const double error = method.error * (0.6 + hidden) * (0.7 + 4 * std::stod(sigma_y));
  const Tensor coarse =
      at::upsample_bilinear2d(synthetic_noise({images, 3, 9, 9}, method.error * 7), {side, side}, true);
  const Tensor strength = (0.6 + 0.8 * (at::arange(images, at::kFloat) * 2.3).sin().abs()).reshape({images, 1, 1, 1});
  unit.samples = unit.reference + error * strength * (coarse + 0.4 * synthetic_noise(unit.reference.sizes().vec(), 4));
  const Tensor mse = ((unit.samples - unit.reference) / 2).square().flatten(1).mean(1).to(at::kDouble);
  unit.metrics["psnr"] = -10 * (mse + 1e-8).log10();
  unit.metrics["ssim"] = 1 - 6 * mse.sqrt();
  unit.metrics["lpips"] = 2.2 * mse.sqrt() * (method.name == "dps" ? 1.4 : 1.0);
  std::vector<Tensor> frames;
  for (int k = 0; k < 12; ++k) {
    const double t = k / 11.0;
    frames.push_back(unit.samples.slice(0, 0, 2) * t +
                     (1 - t) * (0.7 * synthetic_noise({2, 3, side, side}, k) * (1 - t)));
  }
  unit.trajectory = at::stack(frames, 1);
  if (method.name != "dsg") {
    const Tensor t = at::linspace(1, 0.001, std::stoll(method.steps), at::kDouble);
    const Tensor curve = method.name == "dps" ? 0.02 + 0.01 * (1 - t) : 1e-5 + 0.08 * (1 - t).pow(6);
    unit.step_size = curve.unsqueeze(0) * (0.7 + 0.6 * strength.reshape({images, 1}).to(at::kDouble));
  }
  unit.seconds = static_cast<double>(images) * std::stod(method.steps) * 0.004;
  unit.network_evaluations = std::stod(method.steps) * (method.name == "dps-w" ? 2 : 1);
  return unit;
}

/// An output folder as a run would leave it: two tasks, two noise levels, several methods, numbers of steps and a scan.
inline void write_synthetic_output(const std::filesystem::path& folder, std::int64_t images) {
  const std::vector<SyntheticMethod> methods = {
      {"dps", "1000", {{"method.scale", "0.3"}}, 0.30},        {"dps", "1000", {{"method.scale", "0.5"}}, 0.22},
      {"dps", "1000", {{"method.scale", "1"}}, 0.26},          {"dsg", "1000", {{"method.interval", "5"}}, 0.165},
      {"dps-w", "1000", {{"method.enhanced", "false"}}, 0.16}, {"dps-w", "100", {{"method.enhanced", "false"}}, 0.172}};
  Manifest manifest;
  manifest.experiment = "demonstration";
  manifest.experiment_text = "name: demonstration\nseed: 0\nsigma_y: [0.01, 0.05]\n";
  manifest.configuration = "c0ffee";
  manifest.runs = {{{"version", "0.1.0"},
                    {"git_revision", "0123abc"},
                    {"host", "node17"},
                    {"date", "2026-11-24 10:00:00"},
                    {"device", "NVIDIA A100-SXM4-80GB"},
                    {"ranks", "4"},
                    {"weights_sha256", std::string(64, 'a')}}};
  std::vector<UnitRecord> units;
  for (const std::string task : {"inpainting", "super_resolution"})
    for (const std::string sigma_y : {"0.01", "0.05"})
      for (const SyntheticMethod& method : methods) {
        const bool inpainting = task == "inpainting";
        UnitRecord unit = synthetic_sampling(method, inpainting ? "0.7" : "", sigma_y, images);
        unit.attributes = {{"experiment", "demonstration"},
                           {"dataset", "pictures"},
                           {"prior", "gaussian_mixture"},
                           {"seed", "0"},
                           {"precision", "fp32"},
                           {"hidden_noise", "false"},
                           {"task", task},
                           {"sigma_y", sigma_y},
                           {"method", method.name},
                           {"method.steps", method.steps}};
        unit.attributes.insert(method.options.begin(), method.options.end());
        unit.attributes[inpainting ? "task.mask_fraction" : "task.scale"] = inpainting ? "0.7" : "4";
        unit.cell_id = fmt::format("{:03}-{}-s{}-{}", manifest.cells.size(), task, sigma_y, method.name);
        unit.unit_id = fmt::format("{:032x}", manifest.cells.size() + 1);
        manifest.cells.push_back({unit.cell_id, unit.attributes});
        manifest.units.push_back({unit.unit_id, unit.cell_id, unit.image_ids, unit.positions});
        units.push_back(std::move(unit));
      }
  open_output(folder, manifest);
  for (const UnitRecord& unit : units) UnitStore(folder).write(unit);
}

}  // namespace dpsbench::testing
