#include "runner/result_sheet.h"

#include <fmt/format.h>

#include <algorithm>

#include "results/cell_label.h"

namespace dpsbench {
namespace {

constexpr std::size_t columns_before_methods = 2;

/// The picture of one image in a cell's data set; of several samples the first.
Tensor picture(const ResultsFile& results, const CellResult& cell, const std::string& name, std::int64_t position) {
  Tensor image = results.read_rows(cell, name, position, 1)[0];
  return image.dim() == 4 ? image[0] : image;
}

std::string psnr_caption(const CellResult& cell, std::int64_t position) {
  const std::vector<double> values = cell.image_values("psnr");
  return values.empty() ? "" : fmt::format("{:.1f} dB", values.at(static_cast<std::size_t>(position)));
}

/// Where `text` stands in the list, which it is added to if it is new.
std::size_t place_of(std::vector<std::string>& list, const std::string& text) {
  const auto found = std::find(list.begin(), list.end(), text);
  if (found != list.end()) return static_cast<std::size_t>(found - list.begin());
  list.push_back(text);
  return list.size() - 1;
}

}  // namespace

ContactSheet result_sheet(const ResultsFile& results, std::int64_t position) {
  ContactSheet sheet;
  sheet.columns = {"original", "measurement"};
  const CellLabels names(results.cells());
  std::vector<std::string> labels;
  for (const CellResult& cell : results.cells()) {
    if (position >= static_cast<std::int64_t>(cell.image_ids.size())) continue;
    const std::size_t row = place_of(labels, names.setting(cell));
    if (row == sheet.rows.size())
      sheet.rows.push_back({labels[row],
                            {{picture(results, cell, "reference", position), ""},
                             {picture(results, cell, "measurement_picture", position), ""}}});
    const std::size_t column = place_of(sheet.columns, cell.text("method_label"));
    auto& places = sheet.rows[row].cells;
    places.resize(std::max({places.size(), column + 1, columns_before_methods}));
    places[column] = {picture(results, cell, "samples", position), psnr_caption(cell, position)};
  }
  return sheet;
}

}  // namespace dpsbench
