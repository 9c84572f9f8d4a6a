#pragma once
#include <unistd.h>

#include <filesystem>
#include <string>

#include "results/store/unit_record.h"

namespace dpsbench::testing {

/// A folder of its own for a test, removed afterwards.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "dpsbench-XXXXXX").string();
    path_ = ::mkdtemp(name.data());
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

/// Numbers that differ from element to element and from `salt` to `salt`, in [-1, 1].
inline Tensor wave(const std::vector<std::int64_t>& shape, double salt) {
  std::int64_t count = 1;
  for (const std::int64_t size : shape) count *= size;
  return (at::arange(count, at::kDouble) * 0.37 + salt).sin().to(at::kFloat).reshape(shape);
}

/// A unit of `count` images of 3 x 4 x 4 whose places in the experiment begin at `first`.
inline UnitRecord synthetic_unit(const std::string& unit_id, const std::string& cell_id, std::int64_t first,
                                 std::int64_t count, double salt) {
  UnitRecord unit;
  unit.unit_id = unit_id;
  unit.cell_id = cell_id;
  unit.attributes = {{"method", "dps-w"}, {"steps", "100"}, {"sigma_y", "0.05"}};
  for (std::int64_t i = first; i < first + count; ++i) {
    unit.image_ids.push_back(std::to_string(100000 + i));
    unit.positions.push_back(i);
  }
  unit.reference = wave({count, 3, 4, 4}, static_cast<double>(first));
  unit.measurement = wave({count, 3, 2, 2}, static_cast<double>(first) + 0.5);
  unit.measurement_picture = wave({count, 3, 4, 4}, static_cast<double>(first) + 0.7);
  unit.samples = wave({count, 3, 4, 4}, salt + static_cast<double>(first));
  if (first == 0) unit.trajectory = wave({1, 5, 3, 4, 4}, salt);
  unit.step_size = wave({count, 10}, salt).to(at::kDouble).abs();
  unit.metrics["psnr"] = 25 + wave({count}, salt + static_cast<double>(first)).to(at::kDouble);
  unit.metrics["lpips"] = 0.2 + 0.1 * wave({count}, salt + 1 + static_cast<double>(first)).to(at::kDouble);
  unit.seconds = 1.5;
  unit.network_evaluations = 200;
  unit.passes_back = 100;
  unit.peak_bytes = 5e6;
  return unit;
}

}  // namespace dpsbench::testing
