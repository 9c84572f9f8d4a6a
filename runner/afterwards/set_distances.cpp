#include "runner/afterwards/set_distances.h"

#include <algorithm>

#include "metrics/parts/frechet.h"
#include "metrics/parts/mmd.h"
#include "metrics/parts/unit_images.h"
#include "results/cells/cell_label.h"

namespace dpsbench {
namespace {

constexpr std::int64_t images_at_once = 16;

/// Features of `name` (reference or samples) of a cell, [N, F].
Tensor cell_features(const ResultsFile& results, const CellResult& cell, const std::string& name,
                     const FeatureNetwork& network) {
  std::vector<Tensor> parts;
  const auto rows = static_cast<std::int64_t>(cell.image_ids.size());
  for (std::int64_t first = 0; first < rows; first += images_at_once) {
    Tensor images = results.read_rows(cell, name, first, std::min(images_at_once, rows - first));
    if (images.dim() == 5) images = images.select(1, 0);
    parts.push_back(network.features(to_unit_range(images)));
  }
  return at::cat(parts);
}

}  // namespace

Table set_distances(const ResultsFile& results, const FeatureNetwork& network) {
  const CellLabels labels(results.cells());
  Table table;
  table.title = "Distances of sets of images";
  table.columns = {
      {"method", "Method", ""}, {"fid", "FID ↓", ""}, {"kid", "KID × 1000 ↓", ""}, {"images", "Images", ""}};
  for (const Setting& setting : settings_of(results.cells())) {
    TableSection section{setting.title, {}};
    for (const CellResult* cell : setting.cells) {
      if (cell->image_ids.size() < 2) continue;
      const Tensor of_samples = cell_features(results, *cell, "samples", network);
      const Tensor of_originals = cell_features(results, *cell, "reference", network);
      section.rows.push_back({TableEntry::words(labels.method_and_steps(*cell)),
                              TableEntry::number(frechet_distance(of_samples, of_originals), 2),
                              TableEntry::number(1000 * kernel_distance(of_samples, of_originals), 2),
                              TableEntry::number(static_cast<double>(cell->image_ids.size()), 0)});
    }
    if (!section.rows.empty()) table.sections.push_back(std::move(section));
  }
  table.notes = {
      "FID: Fréchet distance of Gaussians fitted to the features (Heusel et al. 2017), biased upwards by order "
      "1/N: compare equal numbers of images only.",
      "KID: unbiased squared MMD with the kernel (x·y/F + 1)³ (Bińkowski et al. 2018); may be negative.",
      "The first sample of each image against the original; features of the network given."};
  return table;
}

}  // namespace dpsbench
