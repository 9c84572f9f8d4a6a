#pragma once
#include <algorithm>
#include <string>
#include <vector>

#include "results/formats/table.h"
#include "results/tables/cost_numbers.h"

namespace dpsbench {

/// Whether some cell sampled latents of an autoencoder.
inline bool of_latents(const std::vector<CellResult>& cells) {
  return std::ranges::any_of(cells, [](const CellResult& cell) { return cell.attributes.contains("autoencoder"); });
}

/// What such a cell cost of passes through it; empty numbers of cells of images.
inline std::vector<TableColumn> coding_columns() {
  return {{"decodings", "Decodings", ""}, {"decodings_back", "back", ""}, {"encodings", "Encodings", ""}};
}
inline std::vector<TableEntry> coding_entries(const CellResult& cell) {
  std::vector<TableEntry> entries;
  for (const char* name : {"decodings", "decodings_back", "encodings"})
    entries.push_back(TableEntry::number(number_or_nan(cell, name), 0));
  return entries;
}

/// What tables with rows of latents say of them.
inline std::string coding_note(const std::vector<CellResult>& cells) {
  const auto latent =
      std::ranges::find_if(cells, [](const CellResult& cell) { return cell.attributes.contains("autoencoder"); });
  const bool mixed =
      std::ranges::any_of(cells, [](const CellResult& cell) { return !cell.attributes.contains("autoencoder"); });
  const std::string price = latent->text("decoding_cost");
  return std::string(mixed ? "Rows labelled latents" : "All rows") + " are samples of latents, decoded by " +
         latent->text("autoencoder") +
         "; reconstruction is what that decoder makes of the originals' own latents: its own error. Decodings, back, "
         "Encodings: passes through the autoencoder for one image; in Evaluations " +
         (price == "0" ? "they count nothing." : "a decoding counts as " + price + ".");
}

}  // namespace dpsbench
