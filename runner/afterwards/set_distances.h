#pragma once
#include "metrics/parts/feature_network.h"
#include "results/formats/table.h"
#include "results/store/reader.h"

namespace dpsbench {

/// FID and KID of each cell: the features of the first sample of every image against those of the true images. Reads a
/// few images at a time. Numbers of sets, not means over images: no interval; of equal N only are they comparable.
/// Throws DataError as the network does.
Table set_distances(const ResultsFile& results, const FeatureNetwork& network);

}  // namespace dpsbench
