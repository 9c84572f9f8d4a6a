#pragma once
#include <string>

#include "results/files/bytes.h"
#include "results/store/unit_record.h"

namespace dpsbench {

/// A unit as the bytes of an HDF5 file. Throws DataError when tensors do not belong together (different numbers of
/// images).
Bytes encode_unit(const UnitRecord& unit);

/// The inverse. `name` stands for the file in messages. Throws DataError when something is missing or does not fit.
UnitRecord decode_unit(ByteView image, const std::string& name);

/// What is worth knowing of a unit without its arrays. Throws like decode_unit().
UnitSummary decode_summary(ByteView image, const std::string& name);

}  // namespace dpsbench
