#pragma once
#include <cmath>
#include <string>
#include <vector>

#include "results/store/reader.h"

namespace dpsbench::testing {

/// What tells synthetic cells apart.
struct CellSpec {
  std::string task = "inpainting";
  double mask_fraction = 0.7;
  double sigma_y = 0.05;
  std::string method = "dps-w";
  std::int64_t steps = 1000;
  double psnr = 30;  ///< mean over the images
  double lpips = 0.1;
  std::int64_t images = 20;
  std::string dataset = "ffhq";
};

/// A cell whose image k differs from the mean by the same amount in every cell, and by a little of its own.
inline CellResult synthetic_cell(const CellSpec& spec) {
  CellResult cell;
  cell.id = spec.task + "-" + spec.method;
  cell.attributes = {{"dataset", spec.dataset},
                     {"task", spec.task},
                     {"sigma_y", spec.sigma_y},
                     {"method", spec.method},
                     {"method.steps", spec.steps},
                     {"seed", std::int64_t{0}},
                     {"precision", std::string("fp32")},
                     {"hidden_noise", false},
                     {"prior", std::string("unet image_size=256 in_channels=3 num_channels=128")},
                     {"images_planned", spec.images},
                     {"images_done", spec.images},
                     {"seconds", 2.0 * static_cast<double>(spec.images)},
                     {"network_evaluations", static_cast<double>(spec.steps)}};
  if (spec.task == "inpainting") cell.attributes["task.mask_fraction"] = spec.mask_fraction;
  if (spec.task == "super_resolution") cell.attributes["task.scale"] = std::int64_t{4};
  const Tensor index = at::arange(spec.images, at::kDouble);
  const Tensor common = (index * 2.1).sin();
  const Tensor own = 0.05 * (index * (spec.psnr + spec.lpips)).sin();
  for (std::int64_t i = 0; i < spec.images; ++i) cell.image_ids.push_back(std::to_string(i));
  cell.metrics["psnr"] = spec.psnr + common - common.mean() + own - own.mean();
  cell.metrics["lpips"] = spec.lpips * (1 + 0.1 * (common - common.mean() + own - own.mean()));
  return cell;
}

}  // namespace dpsbench::testing
