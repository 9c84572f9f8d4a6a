#include "methods/parts/strided_schedule.h"

namespace dpsbench {

NoiseSchedule strided_schedule(const NoiseSchedule& schedule, std::int64_t steps) {
  std::string one_of_each_section = "1";
  for (std::int64_t k = 1; k < steps; ++k) one_of_each_section += ",1";
  return schedule.respaced(one_of_each_section);
}

}  // namespace dpsbench
