#include <fcntl.h>
#include <sys/file.h>

#include <cerrno>
#include <cstring>

#include "core/error.h"
#include "results/files/descriptor.h"
#include "results/files/passing_folder.h"
#include "results/hdf5/file.h"
#include "runner/doctor/checks.h"

namespace dpsbench {
namespace {

namespace fs = std::filesystem;

Finding check_lock(const fs::path& file) {
  const Descriptor descriptor(::open(file.c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0600));
  if (::flock(descriptor.number(), LOCK_EX | LOCK_NB) == 0) return {"locks", true, "the file system offers them"};
  return {"locks", false,
          fmt::format("the file system offers none ({}): who holds an output is told by the text of its lock file, and "
                      "several parts of one run cannot share it",
                      std::strerror(errno))};
}

Finding check_hdf5(const fs::path& file) {
  try {
    hdf5::File::create(file).close();
    return {"HDF5", true, "writes files there; its own locks are not used"};
  } catch (const std::exception& error) {
    return {"HDF5", false, error.what()};
  }
}

Finding check_room(const fs::path& folder) {
  constexpr double gigabyte = 1e9;
  std::error_code error;
  const fs::space_info space = fs::space(folder, error);
  if (error) return {"disk", false, error.message()};
  return {"disk", true,
          fmt::format("{:.3g} GB of {:.3g} GB are free; 'dpsbench plan' says what a run takes",
                      static_cast<double>(space.available) / gigabyte, static_cast<double>(space.capacity) / gigabyte)};
}

}  // namespace

std::vector<Finding> check_folder(const fs::path& folder) {
  try {
    const PassingFolder trial(folder, ".dpsbench-doctor-");
    return {check_lock(trial.path() / "lock"), check_hdf5(trial.path() / "file.h5"), check_room(folder)};
  } catch (const DataError& error) {
    return {{"output", false, error.what()}};
  }
}

}  // namespace dpsbench
