#pragma once
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "results/report/html.h"
#include "results/report/picture_store.h"

namespace dpsbench {

/// Where a spread, or an error, is drawn white: a standard deviation in the units of [-1, 1] images.
inline constexpr double spread_scale = 0.5;

/// The pictures of every setting for the report's viewer: images that all its cells have, with each method's sample
/// (the first of several, and how they spread) and its metrics; then each method's best and worst image by the first
/// metric. All of a setting's images, or so many as `parts` allows: then the same number of every setting, and no
/// pictures of the best and worst where the room is spent.
nlohmann::json report_settings(const ReportParts& parts, PictureStore& pictures);

/// What was left out of report_settings, for a reader; empty: nothing was.
std::string images_left_out(const ReportParts& parts, const nlohmann::json& settings);

/// The filmed image that all cells of a setting share, as strips of at most 12 frames.
nlohmann::json report_films(const ResultsFile& results, PictureStore& pictures);

}  // namespace dpsbench
