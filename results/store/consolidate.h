#pragma once
#include <cstdint>
#include <filesystem>
#include <functional>

namespace dpsbench {

struct Consolidation {
  std::int64_t units_planned = 0;
  std::int64_t units_written = 0;
  std::int64_t images_planned = 0;  ///< of all cells
  std::int64_t images_written = 0;
  std::filesystem::path file;
};

/// What a run's entry in the manifest calls the way that samples come into results.h5: "linked" leaves them in their
/// units' files, which must then stay beside it; else they are copied, and take the disk twice.
inline constexpr const char* samples_in_results = "samples_in_results";

/// DIR/results.h5.
std::filesystem::path results_path(const std::filesystem::path& folder);

/// Makes DIR/results.h5 of the units that are there, under a temporary name until it is whole; sealed
/// (results/files/sealed_file.h):
///
///   /                    attributes: experiment, experiment_text, configuration, units_planned, units_written,
///                        images_planned and images_written of all cells, complete (all of them), runs (JSON, one entry
///                        a start) and every entry of the last run (version, host, date, ...)
///   /cells/<id>          attributes: every parameter, typed; images_planned, images_done, seconds,
///                        network_evaluations and passes_back of an image, peak_bytes_an_image, failed_images where
///                        some failed, split_batches where a unit was sampled in several batches ("images 0 to 7: 4+4")
///     image_ids [N] text, positions [N], reference, measurement, measurement_picture, samples, step_size,
///                prior_share
///     trajectory [n, ...], trajectory_image_ids [n]
///     metrics/<name> [N] or [N, S]; attributes of metrics: the convention of each
///
/// Rows are ordered by position. Every data set is bit-identical whatever the number of ranks and the order in which
/// units were done; data sets that are equal in several cells are stored once. `deflate` 1 to 9 compresses (large
/// images are copied as the units have them), 0 does not. Samples are linked where the manifest's last run asks for it.
/// Cells without a finished unit are absent. Throws DataError naming a damaged unit (run again: it is done anew), or
/// the file that cannot be written. `before_cell` is called before each cell; what it throws leaves everything as it
/// was.
Consolidation consolidate(
    const std::filesystem::path& folder, int deflate = 1, const std::function<void()>& before_cell = [] {});

}  // namespace dpsbench
