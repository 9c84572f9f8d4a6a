#include "runner/afterwards/result_sheet.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "results/cells/cell_label.h"
#include "results/figures/figure.h"
#include "results/figures/signal_picture.h"
#include "results/files/file_stem.h"
#include "runner/afterwards/measurement_psnr.h"

namespace dpsbench {
namespace {

constexpr std::size_t columns_before_methods = 2;
constexpr std::size_t most_columns = 40;    ///< wider, no screen shows it
constexpr std::size_t most_pictures = 800;  ///< of a sheet, whose canvas takes a quarter of a megabyte each

std::optional<std::int64_t> row_of_image(const std::vector<std::string>& image_ids, const std::string& image) {
  const auto found = std::ranges::find(image_ids, image);
  if (found == image_ids.end()) return std::nullopt;
  return found - image_ids.begin();
}

/// The picture of one image in a cell's data set; of several samples the first.
Tensor picture(const ResultsFile& results, const CellResult& cell, const std::string& name, std::int64_t row) {
  Tensor image = results.read_rows(cell, name, row, 1)[0];
  return picture_of_signal(image.dim() == 4 ? image[0] : image);
}

std::string decibel(double psnr) { return fmt::format("{:.1f} dB", psnr); }

std::string psnr_caption(const CellResult& cell, std::int64_t row) {
  const std::vector<double> values = cell.image_values("psnr");
  return values.empty() ? "" : decibel(values.at(static_cast<std::size_t>(row)));
}

/// What a measurement scores as it is drawn, beside the samples' figures; empty where it is no picture.
std::string measurement_caption(const ResultsFile& results, const CellResult& cell, std::int64_t row) {
  const std::optional<double> psnr = measurement_psnr(results, cell, row);
  return psnr ? decibel(*psnr) : "";
}

std::vector<ContactCell> original_and_measurement(const ResultsFile& results, const CellResult& cell,
                                                  std::int64_t row) {
  return {{picture(results, cell, "reference", row), ""},
          {picture(results, cell, "measurement_picture", row), measurement_caption(results, cell, row)}};
}

/// A setting's title as a row's label: the noise level on a line of its own.
std::string row_label(std::string title) {
  const std::string between = ", σ_y";
  if (const std::size_t at = title.find(between); at != std::string::npos) title.replace(at, 2, "\n");
  return title;
}

/// Where `text` stands in the list, which it is added to if it is new.
std::size_t place_of(std::vector<std::string>& list, const std::string& text) {
  const auto found = std::find(list.begin(), list.end(), text);
  if (found != list.end()) return static_cast<std::size_t>(found - list.begin());
  list.push_back(text);
  return list.size() - 1;
}

/// A method's label for a column that runs through all tasks: by its preset's name, where the label says what the
/// preset is worth on one of them ("published for another task").
std::string column_label(const CellResult& cell) {
  std::string label = cell.text("method_label");
  const std::string preset = cell.text("preset");
  const std::string worth = cell.text("preset_label");
  const std::size_t at = worth.empty() ? std::string::npos : label.find(worth);
  if (at != std::string::npos)
    label.replace(at, worth.size(), preset);
  else if (const std::string name = cell.text("method"); !preset.empty() && label.starts_with(name))
    label = label.substr(name.size()).starts_with(" (")
                ? fmt::format("{} ({}, {}", name, preset, label.substr(name.size() + 2))
                : fmt::format("{} ({}){}", name, preset, label.substr(name.size()));
  return label + run_label(cell);
}

/// The frames of a filmed image, at most `most`, evenly spread, the last among them.
ContactRow film_row(const std::string& label, const Tensor& trajectory, std::int64_t most) {
  ContactRow row{label, {}};
  const std::int64_t count = trajectory.size(0);
  const std::int64_t shown = std::min(count, most);
  for (std::int64_t k = 1; k <= shown; ++k)
    row.cells.push_back({picture_of_signal(trajectory[k * count / shown - 1]), ""});
  return row;
}

/// The sheet without what makes it too large to draw and to look at; its last heading and label say how much is left
/// out.
ContactSheet bounded(ContactSheet sheet) {
  if (sheet.columns.size() > most_columns) {
    sheet.columns[most_columns - 1] += fmt::format(", and {} more", sheet.columns.size() - most_columns);
    sheet.columns.resize(most_columns);
    for (ContactRow& row : sheet.rows) row.cells.resize(std::min(row.cells.size(), most_columns));
  }
  const std::size_t rows = most_pictures / std::max<std::size_t>(1, sheet.columns.size());
  if (sheet.rows.size() > rows) {
    sheet.rows[rows - 1].label += fmt::format("\nand {} more", sheet.rows.size() - rows);
    sheet.rows.resize(rows);
  }
  return sheet;
}

}  // namespace

ContactSheet result_sheet(const ResultsFile& results, std::int64_t image) {
  ContactSheet sheet;
  sheet.columns = {"original", "measurement"};
  const CellLabels names(results.cells());
  const std::string& id = results.cells().front().image_ids.at(static_cast<std::size_t>(image));
  std::vector<std::string> labels;
  for (const CellResult& cell : results.cells()) {
    const auto at = row_of_image(cell.image_ids, id);
    if (!at) continue;
    const std::size_t row = place_of(labels, row_label(names.setting(cell)));
    if (row == sheet.rows.size()) sheet.rows.push_back({labels[row], original_and_measurement(results, cell, *at)});
    const std::size_t column = place_of(sheet.columns, column_label(cell));
    auto& places = sheet.rows[row].cells;
    places.resize(std::max({places.size(), column + 1, columns_before_methods}));
    places[column] = {picture(results, cell, "samples", *at), psnr_caption(cell, *at)};
  }
  return bounded(std::move(sheet));
}

std::vector<NamedSheet> sample_sheets(const ResultsFile& results, std::int64_t images) {
  const CellLabels names(results.cells());
  std::vector<NamedSheet> sheets;
  for (const Setting& setting : settings_of(results.cells())) {
    NamedSheet named{"samples-" + file_stem(setting.title), {}};
    named.sheet.columns = {"original", "measurement"};
    for (const CellResult* cell : setting.cells) named.sheet.columns.push_back(names.method_and_steps(*cell));
    const CellResult& first = *setting.cells.front();
    const auto rows = std::min(images, static_cast<std::int64_t>(first.image_ids.size()));
    for (std::int64_t row = 0; row < rows; ++row) {
      const std::string& id = first.image_ids[static_cast<std::size_t>(row)];
      ContactRow line{id, original_and_measurement(results, first, row)};
      for (const CellResult* cell : setting.cells) {
        const auto at = row_of_image(cell->image_ids, id);
        line.cells.push_back(at ? ContactCell{picture(results, *cell, "samples", *at), psnr_caption(*cell, *at)}
                                : ContactCell{});
      }
      named.sheet.rows.push_back(std::move(line));
    }
    named.sheet = bounded(std::move(named.sheet));
    if (rows > 0) sheets.push_back(std::move(named));
  }
  return sheets;
}

std::vector<NamedSheet> film_sheets(const ResultsFile& results, std::int64_t frames) {
  const CellLabels names(results.cells());
  std::vector<NamedSheet> sheets;
  for (const Setting& setting : settings_of(results.cells())) {
    NamedSheet named{"trajectories-" + file_stem(setting.title), {}};
    std::string image;
    std::size_t columns = 0;
    for (const CellResult* cell : setting.cells) {
      if (cell->trajectory_image_ids.empty()) continue;
      if (image.empty()) image = cell->trajectory_image_ids.front();
      const auto at = row_of_image(cell->trajectory_image_ids, image);
      if (!at) continue;
      named.sheet.rows.push_back(
          film_row(names.method_and_steps(*cell), results.read_rows(*cell, "trajectory", *at, 1)[0], frames));
      columns = std::max(columns, named.sheet.rows.back().cells.size());
    }
    for (std::size_t k = 1; k <= columns; ++k)  // the fraction of the reverse process that is still to come
      named.sheet.columns.push_back(
          fmt::format("t / T = {:.2g}", 1 - static_cast<double>(k) / static_cast<double>(columns)));
    named.sheet = bounded(std::move(named.sheet));
    if (columns > 0) sheets.push_back(std::move(named));
  }
  return sheets;
}

}  // namespace dpsbench
