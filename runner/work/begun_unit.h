#pragma once
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "results/store/unit_record.h"

namespace dpsbench {

/// The images at these positions of a unit that lacks metrics or samples which an experiment has come to ask for; none
/// unless it has all of them.
std::optional<UnitRecord> rows_at(const UnitRecord& unit, const std::vector<std::int64_t>& positions);

/// Samples of each image.
std::int64_t samples_in(const UnitRecord& unit);

/// One of them of every image, [N, C, H, W].
Tensor sample_of(const UnitRecord& unit, std::int64_t chain);

/// What metrics say of it, [N] by name: of single samples, not of posteriors, which change with every sample added.
std::map<std::string, Tensor> metrics_of(const UnitRecord& unit, std::int64_t chain);

/// Puts into a record of the same images what the first sample left in the unit, what all its samples cost and, where
/// none was added or they did not fit together, in which batches they were sampled.
void take_over(const UnitRecord& unit, UnitRecord& record);

}  // namespace dpsbench
