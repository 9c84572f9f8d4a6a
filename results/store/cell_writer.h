#pragma once
#include <map>
#include <string>
#include <vector>

#include "results/store/manifest.h"
#include "results/store/shared_rows.h"
#include "results/store/unit_record.h"
#include "results/store/unit_store.h"

namespace dpsbench {

/// A cell with its finished units in the order of the images.
struct CellToWrite {
  std::string id;
  std::map<std::string, hdf5::AttributeValue> attributes;
  std::vector<PlannedUnit> units;  ///< finished, sorted by position, without the images that failed
  std::int64_t images_planned = 0;
  std::vector<std::string> failed_images;
  bool links_samples = false;  ///< samples stay in their units' files, and the cell links them
};

/// Writes a cell whose every image failed: its group has attributes only.
void write_failed_cell(const hdf5::Group& failed_cells, const CellToWrite& cell);

/// Writes a cell's group and returns its number of images. `groups`: image id -> group (Manifest). One unit is in
/// memory at a time. Throws DataError naming the unit that is damaged or does not fit the others.
std::int64_t write_cell(const hdf5::Group& cells, const CellToWrite& cell,
                        const std::map<std::string, std::string>& groups, const UnitStore& store,
                        const hdf5::Storage& storage, SharedRows& shared);

}  // namespace dpsbench
