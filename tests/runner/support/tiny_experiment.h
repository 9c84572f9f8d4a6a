#pragma once
#include <filesystem>
#include <string>

#include "core/tensor.h"

namespace dpsbench::testing_support {

constexpr ImageShape tiny_shape{3, 8, 8};

/// A folder with a complete small experiment: `images` pictures of tiny_shape, a Gaussian mixture as prior, tiny.yaml
/// with the tasks denoising and inpainting and the methods exact and dps. Removed at the end.
class TinyExperiment {
 public:
  explicit TinyExperiment(int images = 6);
  ~TinyExperiment();
  TinyExperiment(const TinyExperiment&) = delete;
  TinyExperiment& operator=(const TinyExperiment&) = delete;

  [[nodiscard]] const std::filesystem::path& folder() const { return folder_; }
  [[nodiscard]] std::string file() const { return (folder_ / "tiny.yaml").string(); }
  [[nodiscard]] std::string output(const std::string& name = "out") const { return (folder_ / name).string(); }

  /// Writes tiny.yaml anew with one line replaced: `from` must be there.
  void edit(const std::string& from, const std::string& to) const;

 private:
  std::filesystem::path folder_;
};

/// A new empty folder under the system's temporary one.
std::filesystem::path new_folder();

/// All of a text file; and writing one.
std::string read_text(const std::filesystem::path& file);
void write_text(const std::filesystem::path& file, const std::string& text);

}  // namespace dpsbench::testing_support
