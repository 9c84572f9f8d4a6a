#include "results/formats/table.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "results/files/durable_file.h"

namespace dpsbench {

namespace {

constexpr int most_more = 3;  // decimals beyond a column's own: an interval narrower still is rounding

/// Decimals that show two significant digits of the half-width; the column's own where that is none but for rounding.
int decimals_of(const TableEntry& entry) {
  if (entry.as_printed || !std::isfinite(entry.half_width) || !(entry.half_width > 0)) return entry.decimals;
  const std::string rounded = fmt::format("{:.1e}", entry.half_width);  // "1.0e-02" of 0.00996
  const int decimals = std::max(0, 1 - std::stoi(rounded.substr(rounded.find('e') + 1)));
  return decimals <= entry.decimals + most_more ? decimals : entry.decimals;
}

}  // namespace

std::string plain_text(const TableEntry& entry) {
  if (!entry.is_number()) return entry.text;
  if (std::isnan(entry.value)) return "–";
  if (entry.value < entry.least) return fmt::format("< {:.{}f}", entry.least, entry.decimals);
  const int decimals = decimals_of(entry);
  const std::string value = entry.signed_value ? fmt::format("{:+.{}f}", entry.value, decimals)
                                               : fmt::format("{:.{}f}", entry.value, decimals);
  if (std::isnan(entry.half_width)) return value;
  return fmt::format("{} ± {:.{}f}", value, entry.half_width, decimals);
}

void write_table(const Table& table, const std::filesystem::path& folder, const std::string& stem) {
  write_durably(folder / (stem + ".md"), as_bytes(to_markdown(table)));
  write_durably(folder / (stem + ".tex"), as_bytes(to_latex(table)));
  write_durably(folder / (stem + ".csv"), as_bytes(to_csv(table)));
}

}  // namespace dpsbench
