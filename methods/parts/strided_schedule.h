#pragma once
#include "core/noise_schedule.h"

namespace dpsbench {

/// `steps` steps at an integer stride from 0, as DDRM, RED-diff and MPGD space them: 0, 10, ..., 990 for 100 of 1000,
/// guided-diffusion's "ddim100". Where no stride gives that number, the starts of so many equal sections.
NoiseSchedule strided_schedule(const NoiseSchedule& schedule, std::int64_t steps);

}  // namespace dpsbench
