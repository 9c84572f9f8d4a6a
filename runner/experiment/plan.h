#pragma once
#include <string>
#include <vector>

#include "runner/experiment/cell.h"
#include "runner/experiment/input_digests.h"

namespace dpsbench {

/// Raised whenever a change alters what the same experiment gives: results of different versions are never mixed.
inline constexpr int numerics_version = 5;

/// A cell and a block of consecutive images of the experiment's list: what one rank does at a time.
struct Unit {
  std::string id;      ///< 32 hexadecimal digits of everything that affects the answer; empty where inputs are absent
  std::size_t cell;    ///< index in Plan::cells
  std::int64_t first;  ///< position of the first image in the experiment's list
  std::int64_t count;  ///< images
  double cost;  ///< evaluations of the prior and passes back, of all its images; decodings are counted in evaluations
  std::string base = {};  ///< of units that differ only in the metrics and the number of samples the same, likewise
};

/// Its images' positions in the experiment's list.
std::vector<std::int64_t> positions_of(const Unit& unit);

/// All the work of an experiment. The same on every rank, whatever their number.
struct Plan {
  std::vector<Cell> cells;
  std::vector<Unit> units;  ///< cell by cell, block by block
  std::int64_t images = 0;

  [[nodiscard]] std::vector<double> costs() const;
};

/// The plan for images whose files are there: units have ids.
Plan make_plan(const Experiment& experiment, const ImageShape& shape, const InputDigests& digests);

/// The plan for `images` images that need not be there: units have no ids.
Plan make_plan(const Experiment& experiment, const ImageShape& shape, std::int64_t images);

/// How many images the experiment names, without looking at them: "0-199" has 200, an id list as many as its lines.
/// Throws UserError when only the folder itself could tell.
std::int64_t count_images(const DatasetSpec& dataset);

/// What should be known of a plan's cells, a line each: of their presets ("dps, preset paper, on gaussian_blur: ..."),
/// of noise levels that look like levels of 255.
std::vector<std::string> plan_remarks(const Plan& plan);

}  // namespace dpsbench
