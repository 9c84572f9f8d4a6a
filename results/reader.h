#pragma once
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "results/hdf5.h"

namespace dpsbench {

/// A cell of results.h5 without its images: what tables and figures need.
struct CellResult {
  std::string id;
  std::map<std::string, hdf5::AttributeValue> attributes;
  std::vector<std::string> image_ids;  ///< N, ordered by position
  std::vector<std::string> trajectory_image_ids;
  std::map<std::string, Tensor> metrics;  ///< name -> [N] or [N, S], double

  /// A parameter as text; empty if the cell has none of that name.
  [[nodiscard]] std::string text(const std::string& name) const;
  /// A parameter as a number. Throws DataError if the cell has none of that name.
  [[nodiscard]] double number(const std::string& name) const;
  /// A metric of each image, the mean over its samples where there are several: N values. Empty if it was not computed.
  [[nodiscard]] std::vector<double> image_values(const std::string& metric) const;
};

/// results.h5, open for reading. Images are read when asked for.
class ResultsFile {
 public:
  /// Throws DataError naming the file if it is absent, damaged or not such a file.
  explicit ResultsFile(const std::filesystem::path& path);

  [[nodiscard]] const std::map<std::string, hdf5::AttributeValue>& attributes() const { return attributes_; }
  /// An attribute of the file as text; empty if there is none of that name.
  [[nodiscard]] std::string text(const std::string& name) const;
  [[nodiscard]] const std::vector<CellResult>& cells() const { return cells_; }

  /// Whether the cell has this data set: reference, measurement, measurement_picture, samples, trajectory, step_size,
  /// prior_share.
  [[nodiscard]] bool has(const CellResult& cell, const std::string& name) const;
  [[nodiscard]] std::vector<std::int64_t> shape(const CellResult& cell, const std::string& name) const;
  /// The whole data set. Throws DataError if it is absent or damaged.
  [[nodiscard]] Tensor read(const CellResult& cell, const std::string& name) const;
  /// Rows first ... first + count - 1 of it.
  [[nodiscard]] Tensor read_rows(const CellResult& cell, const std::string& name, std::int64_t first,
                                 std::int64_t count) const;

 private:
  hdf5::File file_;
  std::map<std::string, hdf5::AttributeValue> attributes_;
  std::vector<CellResult> cells_;
};

}  // namespace dpsbench
