#include <cmath>

#include "core/error.h"
#include "core/task_entry.h"
#include "tasks/files/matrix_file.h"
#include "tasks/parts/parallel_beam.h"
#include "tasks/parts/remembered.h"
#include "tasks/parts/sparse_operator.h"

namespace dpsbench {
namespace {

ParallelBeam beam_of(const OptionValues& values, const ImageShape& shape) {
  const double diagonal = std::hypot(static_cast<double>(shape.height), static_cast<double>(shape.width));
  const std::int64_t detectors = values.integer("detectors");
  return {values.integer("angles"), detectors > 0 ? detectors : static_cast<std::int64_t>(std::ceil(diagonal)),
          values.real("arc")};
}

std::shared_ptr<const MatrixEntries> entries_of(const GivenFile& file) {
  const auto read = [&] { return std::make_shared<const MatrixEntries>(read_matrix_entries(file)); };
  return file.digest.empty() ? read() : remembered_by_key<MatrixEntries>(content_of(file), read);
}

constexpr std::int64_t most_crossings = std::int64_t{1} << 29;

/// Lists of one length are kept for the rows, and for the columns: a few lines of text may claim any number of them.
void check_lists(const std::string& file, const char* what, std::int64_t lists, const Tensor& of_entry) {
  const std::int64_t longest =
      of_entry.numel() == 0 ? 1 : std::get<2>(at::_unique2(of_entry, true, false, true)).max().item<std::int64_t>();
  if (lists > most_crossings / longest)
    throw UserError(
        "{}: {} {} of up to {} entries are too much to be kept as lists of one length: allowed are {} places", file,
        lists, what, longest, most_crossings);
}

void check_matrix(const OptionValues& values, const ImageShape& shape) {
  const std::string& word = values.word("matrix_file");
  if (word.empty()) {
    const ParallelBeam beam = beam_of(values, shape);
    if (beam.angles * beam.detectors > most_crossings / (shape.height + shape.width))
      throw UserError("angles: {} views of {} rays through {} x {} pixels are more than {} crossings", beam.angles,
                      beam.detectors, shape.height, shape.width, most_crossings);
    return;
  }
  const GivenFile file = given_file(word);
  const auto entries = entries_of(file);
  if (entries->columns != shape.height * shape.width && entries->columns != shape.elements())
    throw UserError("{}: the matrix has {} columns, but the images have {} x {} pixels (or {} numbers)", file.path,
                    entries->columns, shape.height, shape.width, shape.elements());
  check_lists(file.path, "rows", entries->rows, entries->row);
  check_lists(file.path, "columns", entries->columns, entries->column);
}

std::shared_ptr<const SparsePair> projector(const ParallelBeam& beam, const ImageShape& shape,
                                            const TensorOptions& options) {
  const RayPixels found = ray_pixels(beam, shape.height, shape.width);
  return std::make_shared<const SparsePair>(beam.angles * beam.detectors, shape.height * shape.width, found.ray,
                                            found.pixel, found.length, options);
}

std::unique_ptr<Operator> bind_ct(const OptionValues& values, const ImageShape& shape, const Noise&,
                                  const TensorOptions& options) {
  const std::string kept = fmt::format("{} {}", c10::toString(options.dtype().toScalarType()), options.device().str());
  if (const std::string& word = values.word("matrix_file"); !word.empty()) {
    const GivenFile file = given_file(word);
    const auto entries = entries_of(file);
    const auto make = [&] {
      return std::make_shared<const SparsePair>(entries->rows, entries->columns, entries->row, entries->column,
                                                entries->value, options);
    };
    const auto pair = file.digest.empty() ? make() : remembered_by_key<SparsePair>(content_of(file) + " " + kept, make);
    return std::make_unique<SparseOperator>(pair, std::vector<std::int64_t>{entries->rows}, shape);
  }
  const ParallelBeam beam = beam_of(values, shape);
  const std::string key =
      fmt::format("{} {} {} {} {} {}", beam.angles, beam.detectors, beam.arc, shape.height, shape.width, kept);
  return std::make_unique<SparseOperator>(
      remembered_by_key<SparsePair>(key, [&] { return projector(beam, shape, options); }),
      std::vector<std::int64_t>{beam.angles, beam.detectors}, shape);
}

}  // namespace

TaskEntry ct_task() {
  return {.name = "ct",
          .title = "Computed tomography: integrals along parallel rays, or a system matrix from a file",
          .source = "parallel-beam line lengths after Siddon 1985 (Med. Phys. 12, 252), in units of the image's side",
          .linear = true,
          .has_denoising_reference = false,
          .has_svd = false,
          .options = {{.name = "angles",
                       .default_value = std::int64_t{60},
                       .description = "views, evenly over the arc",
                       .least = 1,
                       .greatest = 10000,
                       .choices = {}},
                      {.name = "arc",
                       .default_value = 180.0,
                       .description = "degrees that the views span; below 180: limited angle",
                       .least = 1,
                       .greatest = 360,
                       .choices = {}},
                      {.name = "detectors",
                       .default_value = std::int64_t{0},
                       .description = "parallel rays of a view, a pixel apart; 0: as many as the diagonal has pixels",
                       .least = 0,
                       .greatest = 100000,
                       .choices = {}},
                      {.name = "matrix_file",
                       .default_value = "",
                       .description = "a file of a sparse matrix in place of the rays, of an image's pixels (each "
                                      "channel alone) or of all its numbers: Matrix Market (.mtx), .npy, HDF5 (data "
                                      "set matrix) or text",
                       .choices = {}}},
          .measures = "integrals along rays",
          .check = check_matrix,
          .bind = bind_ct};
}

}  // namespace dpsbench
