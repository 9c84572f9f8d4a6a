#pragma once
#include <chrono>
#include <optional>
#include <string>

namespace dpsbench {

/// The name of this machine.
std::string host_name();

/// The batch system's name for this job (SLURM_JOB_ID); empty outside of one.
std::string job_name();

/// How many processes the batch system's launcher (srun) started beside and including this one; 1 outside of its steps.
int launched_together();

/// How many processes the batch job asked for (SLURM_NTASKS); 1 where it does not say.
int tasks_of_job();

/// When the batch system will end this job (SLURM_JOB_END_TIME, seconds since 1970); none where it does not say.
std::optional<std::chrono::system_clock::time_point> job_end();

/// Seconds since the system started this process: before its libraries were loaded.
double process_age();

}  // namespace dpsbench
