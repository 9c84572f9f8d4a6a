#pragma once
#include <nlohmann/json_fwd.hpp>

#include "results/report/picture_store.h"
#include "results/store/reader.h"

namespace dpsbench {

/// The pictures of every setting for the report's viewer: the first `images` images that all its cells have, with each
/// method's sample (the first of several) and its metrics; then each method's best and worst image by the first metric.
nlohmann::json report_settings(const ResultsFile& results, std::int64_t images, PictureStore& pictures);

/// The filmed image that all cells of a setting share, as strips of at most 12 frames.
nlohmann::json report_films(const ResultsFile& results, PictureStore& pictures);

}  // namespace dpsbench
