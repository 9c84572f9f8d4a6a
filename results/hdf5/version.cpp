#include "results/hdf5/version.h"

#include <fmt/format.h>
#include <hdf5.h>

#include "core/files/hdf5_lock.h"

namespace dpsbench::hdf5 {

std::string library_version() {
  const auto lock = lock_hdf5();
  unsigned major = 0;
  unsigned minor = 0;
  unsigned release = 0;
  H5get_libversion(&major, &minor, &release);
#ifdef H5_HAVE_PARALLEL
  constexpr const char* flavour = "parallel";
#else
  constexpr const char* flavour = "serial";
#endif
  return fmt::format("{}.{}.{}, {}", major, minor, release, flavour);
}

}  // namespace dpsbench::hdf5
