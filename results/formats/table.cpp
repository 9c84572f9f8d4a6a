#include "results/formats/table.h"

#include <fmt/format.h>

#include <cmath>

#include "results/files/durable_file.h"

namespace dpsbench {

std::string plain_text(const TableEntry& entry) {
  if (!entry.is_number()) return entry.text;
  if (std::isnan(entry.value)) return "–";
  const std::string value = entry.signed_value ? fmt::format("{:+.{}f}", entry.value, entry.decimals)
                                               : fmt::format("{:.{}f}", entry.value, entry.decimals);
  if (std::isnan(entry.half_width)) return value;
  return fmt::format("{} ± {:.{}f}", value, entry.half_width, entry.decimals);
}

void write_table(const Table& table, const std::filesystem::path& folder, const std::string& stem) {
  write_durably(folder / (stem + ".md"), as_bytes(to_markdown(table)));
  write_durably(folder / (stem + ".tex"), as_bytes(to_latex(table)));
  write_durably(folder / (stem + ".csv"), as_bytes(to_csv(table)));
}

}  // namespace dpsbench
