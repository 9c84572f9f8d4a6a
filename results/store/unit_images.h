#pragma once
#include <vector>

#include "results/store/manifest.h"
#include "results/store/unit_record.h"

namespace dpsbench {

/// The images of several records of one unit as one record, ordered by position. Their seconds add up, their batches
/// follow each other; what an image cost is that of the first. Throws Error when there is no record.
UnitRecord join_images(const std::vector<UnitRecord>& parts);

/// The record with only the images in these rows, which ascend.
UnitRecord select_images(const UnitRecord& unit, const std::vector<std::int64_t>& rows);

/// Whether a record is of this planned unit: its id, and nothing but images of it, in its order. Those that failed are
/// absent. What its cell was called when it was done does not matter: cells are numbered anew as an experiment grows.
bool belongs_to(const UnitRecord& unit, const PlannedUnit& planned);
bool belongs_to(const UnitSummary& unit, const PlannedUnit& planned);

/// The planned unit with only the images that the record has.
PlannedUnit images_had(const PlannedUnit& planned, const UnitRecord& unit);

}  // namespace dpsbench
