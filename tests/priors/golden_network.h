#pragma once
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>

#include "priors/checkpoints/checkpoint.h"
#include "tests/priors/networks.h"

namespace dpsbench {

using Tensors = std::map<std::string, Tensor>;

/// A network of another library with its weights under that library's names, and what it gave (tests/golden/README.md).
struct GoldenNetwork {
  std::map<std::string, std::string> told;  ///< the file's metadata
  Tensors weights;
  Tensors vectors;  ///< without "io."
};

/// The files of tests/golden, or of the folder that DPSBENCH_GOLDEN names, whose names begin so.
inline std::vector<std::filesystem::path> golden_files(const std::string& beginning) {
  const char* folder = std::getenv("DPSBENCH_GOLDEN");
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder == nullptr ? DPSBENCH_GOLDEN : folder))
    if (entry.path().filename().string().starts_with(beginning)) files.push_back(entry.path());
  return files;
}

inline GoldenNetwork golden_network(const std::filesystem::path& path) {
  const SafetensorsFile file(path.string());
  GoldenNetwork golden{file.metadata(), {}, {}};
  for (const std::string& name : file.names()) {
    const Tensor tensor = file.tensor(name);
    if (name.starts_with("io."))
      golden.vectors[name.substr(3)] = tensor.scalar_type() == at::kDouble ? tensor : tensor.to(at::kFloat);
    else
      golden.weights[name] = tensor;
  }
  return golden;
}

/// As checkpoint_parameters() reads them from a file of their own.
inline UNetParameters parameters_from(const UNetOptions& options, const Tensors& weights,
                                      std::optional<std::int64_t> label = {}, bool every_class = false) {
  const std::string path = testing::TempDir() + fmt::format("golden_{}.safetensors", ::getpid());
  write_safetensors(path, weights);
  const SafetensorsFile file(path);
  std::filesystem::remove(path);
  return checkpoint_parameters(options, file, label, true, every_class);
}

}  // namespace dpsbench
