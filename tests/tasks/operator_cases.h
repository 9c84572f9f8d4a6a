#pragma once
#include <map>
#include <ostream>
#include <string>
#include <vector>

#include "core/noise.h"
#include "core/spectral.h"
#include "core/words/given_file.h"
#include "tasks/registry.h"

namespace dpsbench {

/// One task with options at one image size.
struct OperatorCase {
  std::string task;
  std::map<std::string, OptionValue> options;
  ImageShape shape;
  bool exact_pseudo_inverse = true;  ///< A A^+ A = A; else A^+ leaves out what A damps too far
  bool straight_through = false;     ///< vjp is not the derivative

  [[nodiscard]] const TaskEntry& entry() const { return find_task(task); }

  [[nodiscard]] std::unique_ptr<Operator> bind(const Noise& noise, at::ScalarType type) const {
    return entry().bind(OptionValues(entry().options, options), shape, noise, type);
  }

  /// Letters, figures and _ only.
  [[nodiscard]] std::string name() const {
    std::string text = task;
    for (const auto& [key, value] : options)
      text += "_" + key + "_" + (holds_file(key) ? file_name(given_file(to_text(value))) : to_text(value));
    text += fmt::format("_{}x{}x{}", shape.channels, shape.height, shape.width);
    for (char& letter : text)
      if (std::isalnum(static_cast<unsigned char>(letter)) == 0) letter = '_';
    return text;
  }
};

inline void PrintTo(const OperatorCase& item, std::ostream* out) { *out << item.name(); }

/// A file of tests/tasks/files/data, as an option's word.
inline std::string data_file(const std::string& name) {
  return std::string(DPSBENCH_SOURCE_DIR) + "/tests/tasks/files/data/" + name;
}

/// Every task at 32 x 32, and at a size with no symmetry where the task allows it.
inline std::vector<OperatorCase> operator_cases() {
  const ImageShape square{3, 32, 32};
  const ImageShape uneven{3, 36, 28};
  const ImageShape grey{1, 24, 40};
  const ImageShape signal{1, 1, 64};
  return {
      {.task = "denoising", .options = {}, .shape = square},
      {.task = "denoising", .options = {}, .shape = grey},
      {.task = "inpainting", .options = {{"mask_fraction", 0.7}}, .shape = square},
      {.task = "inpainting", .options = {{"mask_fraction", 0.25}}, .shape = uneven},
      {.task = "inpainting", .options = {{"mask_file", data_file("stroke.png")}}, .shape = square},
      {.task = "inpainting", .options = {{"mask_file", data_file("masks.npy")}}, .shape = {3, 6, 5}},
      {.task = "box_inpainting", .options = {{"size", std::int64_t{12}}, {"margin", std::int64_t{2}}}, .shape = square},
      {.task = "box_inpainting", .options = {{"size", std::int64_t{9}}, {"margin", std::int64_t{0}}}, .shape = uneven},
      {.task = "half_inpainting", .options = {}, .shape = square},
      {.task = "half_inpainting", .options = {{"side", "top"}}, .shape = {3, 35, 29}},
      {.task = "super_resolution", .options = {}, .shape = square},
      {.task = "super_resolution", .options = {{"scale", std::int64_t{2}}, {"reference", "adjoint"}}, .shape = uneven},
      {.task = "super_resolution", .options = {{"scale", std::int64_t{8}}}, .shape = grey},
      {.task = "super_resolution_pooling", .options = {}, .shape = square},
      {.task = "super_resolution_pooling", .options = {{"scale", std::int64_t{2}}}, .shape = uneven},
      {.task = "colorization", .options = {}, .shape = square},
      {.task = "colorization", .options = {}, .shape = {3, 36, 27}},
      {.task = "gaussian_blur", .options = {}, .shape = square, .exact_pseudo_inverse = false},
      {.task = "gaussian_blur", .options = {{"sigma", 1.2}}, .shape = uneven, .exact_pseudo_inverse = false},
      {.task = "uniform_blur", .options = {}, .shape = square, .exact_pseudo_inverse = false},
      {.task = "uniform_blur",
       .options = {{"taps", std::int64_t{5}}},
       .shape = {3, 35, 29},
       .exact_pseudo_inverse = false},
      {.task = "motion_blur", .options = {}, .shape = square, .exact_pseudo_inverse = false},
      {.task = "motion_blur",
       .options = {{"kernel_size", std::int64_t{15}}, {"intensity", 1.0}},
       .shape = {3, 35, 28},
       .exact_pseudo_inverse = false},
      {.task = "motion_blur",
       .options = {{"kernel_file", data_file("kernels.npy")}},
       .shape = {3, 35, 28},
       .exact_pseudo_inverse = false},
      {.task = "compressed_sensing", .options = {}, .shape = {3, 35, 29}},
      {.task = "compressed_sensing", .options = {{"transform", "hadamard"}, {"ratio", 0.5}}, .shape = square},
      {.task = "random_matrix", .options = {}, .shape = {1, 1, 80}},
      {.task = "random_matrix", .options = {{"measurements", std::int64_t{8}}}, .shape = {1, 1, 8}},
      {.task = "random_matrix", .options = {{"matrix_file", data_file("matrix.txt")}}, .shape = {1, 4, 6}},
      {.task = "mri", .options = {}, .shape = square},
      {.task = "mri", .options = {{"acceleration", 2.0}, {"center_fraction", 0.2}}, .shape = {2, 35, 29}},
      {.task = "mri", .options = {{"acceleration", 2.0}, {"center_fraction", 0.0}}, .shape = {1, 1, 64}},
      {.task = "mri", .options = {{"complex", true}, {"acceleration", 3.0}}, .shape = {2, 36, 28}},
      {.task = "mri", .options = {{"complex", true}}, .shape = {4, 35, 29}},
      {.task = "ct", .options = {{"angles", std::int64_t{12}}}, .shape = square},
      {.task = "ct",
       .options = {{"angles", std::int64_t{7}}, {"arc", 90.0}, {"detectors", std::int64_t{21}}},
       .shape = {1, 24, 18}},
      {.task = "ct", .options = {{"matrix_file", data_file("sparse.mtx")}}, .shape = {3, 4, 6}},
      {.task = "phase_retrieval", .options = {}, .shape = square},
      {.task = "phase_retrieval", .options = {{"oversample", 1.0}}, .shape = {3, 35, 28}},
      {.task = "phase_retrieval", .options = {{"range", "unit"}}, .shape = square},
      {.task = "high_dynamic_range", .options = {}, .shape = square},
      {.task = "high_dynamic_range", .options = {{"scale", 1.5}}, .shape = {3, 35, 29}},
      {.task = "jpeg", .options = {}, .shape = square, .straight_through = true},
      {.task = "jpeg", .options = {{"quality", std::int64_t{75}}}, .shape = grey, .straight_through = true},
      {.task = "nonlinear_blur",
       .options = {{"weights_file", data_file("blur_network.safetensors")}},
       .shape = {3, 32, 48}},
      {.task = "imputation", .options = {}, .shape = signal},
      {.task = "imputation", .options = {{"kept", "1 2 30"}}, .shape = {3, 1, 31}},
      {.task = "circular_blur", .options = {}, .shape = signal, .exact_pseudo_inverse = false},
      {.task = "circular_blur", .options = {{"taps", std::int64_t{5}}, {"sigma", 0.7}}, .shape = {3, 1, 31}},
      {.task = "partial_fourier", .options = {}, .shape = signal},
      {.task = "partial_fourier", .options = {{"frequencies", "0 3 15"}}, .shape = {3, 1, 31}},
  };
}

/// Noise of images of these ids, seed 7.
inline PhiloxNoise noise_of(const std::vector<std::string>& ids) {
  std::vector<StreamId> streams;
  for (const std::string& id : ids) streams.push_back({"test", id});
  return {7, streams};
}

/// Standard normal numbers to try operators on, [B, shape...]; `draw` tells several apart.
inline Tensor trial(const Noise& noise, std::int64_t draw, const std::vector<std::int64_t>& shape,
                    at::ScalarType type) {
  return noise.normal(Purpose::training, draw, shape, type);
}

/// || a - b || / || b || over everything.
inline double relative_distance(const Tensor& a, const Tensor& b) {
  return ((a - b).norm() / b.norm().clamp_min(1e-300)).item<double>();
}

/// A task at a small size with no symmetry, for a batch of two.
constexpr ImageShape small_shape{3, 16, 24};
inline std::unique_ptr<Operator> bind_small(const std::string& task,
                                            const std::map<std::string, OptionValue>& options = {}) {
  return OperatorCase{.task = task, .options = options, .shape = small_shape}.bind(noise_of({"a", "b"}), at::kDouble);
}
inline Tensor small_images(std::int64_t draw = 1) {
  return trial(noise_of({"a", "b"}), draw, {3, 16, 24}, at::kDouble);
}

}  // namespace dpsbench
