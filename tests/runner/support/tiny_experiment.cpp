#include "tests/runner/support/tiny_experiment.h"

#include <unistd.h>

#include <atomic>
#include <fstream>
#include <iterator>
#include <stdexcept>

#include "core/noise.h"
#include "datasets/image_file.h"
#include "priors/mixture/file.h"

namespace dpsbench::testing_support {
namespace {

constexpr ImageShape shape{3, 8, 8};

constexpr const char* experiment_text = R"(name: tiny
dataset: {name: noise, path: images, size: 8}
prior: {kind: gaussian_mixture, file: mixture.safetensors}
seed: 3
sigma_y: [0.1]
tasks:
  - {name: denoising}
  - {name: inpainting, mask_fraction: [0.3, 0.5]}
methods:
  - {name: exact, steps: 10, tasks: [denoising]}
  - {name: dps, steps: [10, 5]}
metrics: [psnr]
trajectory: {images: 1, frames: 2}
batch: 2
)";

Tensor random_values(const std::string& stream, const std::vector<std::int64_t>& sizes) {
  return PhiloxNoise(7, {{"tiny", stream, 0}})
      .normal(Purpose::training, 0, sizes, TensorOptions().dtype(at::kFloat))[0];
}

void write_mixture(const std::filesystem::path& path) {
  const std::int64_t dimension = shape.elements();
  const Tensor identity = at::eye(dimension, at::kDouble) * 0.05;
  const Tensor means = random_values("means", {2, dimension}).to(at::kDouble) * 0.3;
  const auto mixture =
      GaussianMixture::of_covariances(at::zeros({2}, at::kDouble), means, at::stack({identity, identity * 2}));
  save_gaussian_mixture(path.string(), mixture, shape);
}

}  // namespace

std::filesystem::path new_folder() {
  std::string name = (std::filesystem::temp_directory_path() / "dpsbench-test-XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("mkdtemp failed");
  return name;
}

std::string read_text(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

void write_text(const std::filesystem::path& file, const std::string& text) {
  std::ofstream(file, std::ios::binary) << text;
}

TinyExperiment::TinyExperiment(int images) : folder_(new_folder()) {
  std::filesystem::create_directory(folder_ / "images");
  for (int k = 0; k < images; ++k) {
    const std::string name = "picture" + std::to_string(k);
    write_png(folder_ / "images" / (name + ".png"),
              random_values(name, {shape.channels, shape.height, shape.width}) * 0.4);
  }
  write_mixture(folder_ / "mixture.safetensors");
  write_text(folder_ / "tiny.yaml", experiment_text);
}

TinyExperiment::~TinyExperiment() { std::filesystem::remove_all(folder_); }

void TinyExperiment::edit(const std::string& from, const std::string& to) const {
  std::string text = read_text(file());
  const std::size_t found = text.find(from);
  if (found == std::string::npos) throw std::runtime_error("tiny.yaml has no '" + from + "'");
  write_text(file(), text.replace(found, from.size(), to));
}

}  // namespace dpsbench::testing_support
