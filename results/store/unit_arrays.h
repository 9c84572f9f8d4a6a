#pragma once
#include "results/store/unit_record.h"

namespace dpsbench {

/// Calls visit(name, array, optional) with every array of a unit but its metrics, by its name in files; `optional` ones
/// may be undefined.
template <typename Unit, typename Visit>
void for_each_array(Unit& unit, const Visit& visit) {
  constexpr bool optional = true;
  visit("reference", unit.reference, !optional);
  visit("measurement", unit.measurement, !optional);
  visit("measurement_picture", unit.measurement_picture, optional);
  visit("samples", unit.samples, !optional);
  visit("trajectory", unit.trajectory, optional);
  visit("step_size", unit.step_size, optional);
  visit("prior_share", unit.prior_share, optional);
}

}  // namespace dpsbench
