#pragma once
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "core/state.h"
#include "results/hdf5/file.h"

namespace dpsbench {

/// A cell of results.h5 without its images: what tables and figures need.
struct CellResult {
  std::string id;
  std::size_t run = 0;  ///< which of the results' runs it is of
  std::map<std::string, hdf5::AttributeValue> attributes;
  std::vector<std::string> image_ids;     ///< N, ordered by position
  std::vector<std::string> image_groups;  ///< N, which images belong together; empty: each stands alone
  std::vector<std::string> trajectory_image_ids;
  std::map<std::string, Tensor> metrics;  ///< name -> [N] or [N, S], double

  /// A parameter as text; empty if the cell has none of that name.
  [[nodiscard]] std::string text(const std::string& name) const;
  /// A parameter as a number. Throws DataError if the cell has none of that name.
  [[nodiscard]] double number(const std::string& name) const;
  /// Its task or method as it was set: `role` is "task" or "method".
  [[nodiscard]] State state(const std::string& role) const;
  /// The images of its plan that failed.
  [[nodiscard]] std::vector<std::string> failed_images() const;
  /// A metric of each image, the mean over its samples where there are several: N values. Empty if it was not computed.
  [[nodiscard]] std::vector<double> image_values(const std::string& metric) const;
};

/// One run's results.h5: its name among several and the attributes of the file.
struct RunResult {
  std::string name;  ///< empty where there is only one
  std::map<std::string, hdf5::AttributeValue> attributes;

  /// An attribute as text; empty if there is none of that name.
  [[nodiscard]] std::string text(const std::string& attribute) const;
};

/// results.h5 of one run, or of several beside each other, open for reading. Images are read when asked for.
class ResultsFile {
 public:
  /// Checks every byte first. Throws DataError naming the file if it is absent, damaged or not such a file.
  explicit ResultsFile(const std::filesystem::path& path);

  /// Several runs as one: their cells one after the other, each with its run's name as the attribute `run`.
  static ResultsFile joined(std::vector<ResultsFile> files, const std::vector<std::string>& names);

  [[nodiscard]] const std::vector<RunResult>& runs() const { return runs_; }
  /// An attribute of the first run's file as text; empty if there is none of that name.
  [[nodiscard]] std::string text(const std::string& name) const { return runs_.front().text(name); }
  [[nodiscard]] const std::vector<CellResult>& cells() const { return cells_; }
  /// To add or drop metrics and labels; the files stay as they are.
  [[nodiscard]] std::vector<CellResult>& cells() { return cells_; }

  /// Cells whose every image failed: attributes and no images. Tables show them.
  [[nodiscard]] const std::vector<CellResult>& failed_cells() const { return failed_cells_; }

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
  ResultsFile() = default;
  [[nodiscard]] hdf5::Group group_of(const CellResult& cell) const;

  std::vector<hdf5::File> files_;  ///< of each run
  std::vector<RunResult> runs_;
  std::vector<CellResult> cells_;
  std::vector<CellResult> failed_cells_;
};

}  // namespace dpsbench
