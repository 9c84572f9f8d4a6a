#pragma once
#include <map>
#include <set>
#include <string>
#include <vector>

#include "results/store/reader.h"

namespace dpsbench {

/// Names cells for people: as short as sets the cells of an experiment apart.
class CellLabels {
 public:
  explicit CellLabels(const std::vector<CellResult>& cells);

  /// "Inpainting 70 %", "Super resolution ×4", with the other options of the task that vary.
  [[nodiscard]] std::string task(const CellResult& cell) const;
  /// Task and noise level: "Inpainting 70 %, σ_y = 0.05", and data set and seed where there are several.
  [[nodiscard]] std::string setting(const CellResult& cell) const;
  /// The method's name, where its constants are from if cells differ in that or they are not used as published ("dps
  /// (tuned)", "published for 1000 steps"), and the options, apart from the number of steps, that the experiment itself
  /// gives a value or that within a setting still tell cells apart that have them from the same place: "dps (scale
  /// 0.5)". All constants: tables/constants.
  /// "oracle: best of 40 samples" where the metrics are of the best (keep_best_samples). Where several runs are
  /// compared, the run's name follows: "dps-w [before]".
  [[nodiscard]] std::string method(const CellResult& cell) const;
  /// method() and the number of steps where the method has several in the experiment: "dps-w, 100 steps".
  [[nodiscard]] std::string method_and_steps(const CellResult& cell) const;
  /// The options that method() shows.
  [[nodiscard]] std::set<std::string> telling(const CellResult& cell) const;

 private:
  [[nodiscard]] bool several_steps(const std::string& method) const;
  [[nodiscard]] std::string method_label(const CellResult& cell, bool with_steps) const;

  using Varying = std::map<std::string, std::set<std::string>>;  ///< name -> its options with several values
  Varying varying_tasks_;
  Varying varying_methods_;                ///< within a setting, among cells whose constants are from the same place
  std::set<std::string> several_presets_;  ///< methods whose cells have constants from several places
  bool several_datasets_ = false;
  bool several_seeds_ = false;
  bool latents_and_images_ = false;  ///< some samplers sampled latents, and some did not
};

/// " [before]" for a cell of that run where several are compared, else empty.
std::string run_label(const CellResult& cell);

/// Cells of one setting: the same data set, task with its parameters, noise level and seed. Their measurements are the
/// same, so their methods can be compared image by image.
struct Setting {
  std::string title;
  std::vector<const CellResult*> cells;
};

/// The settings of an experiment in the order of its cells. The pointers are into `cells`.
std::vector<Setting> settings_of(const std::vector<CellResult>& cells);

}  // namespace dpsbench
