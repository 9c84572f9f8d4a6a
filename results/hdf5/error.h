#pragma once
#include <hdf5.h>

#include <string>

namespace dpsbench::hdf5 {

/// Throws DataError "<where>: cannot <action>: <the innermost reason HDF5 gives>".
[[noreturn]] void fail(const std::string& where, const std::string& action);

/// Passes on an identifier or a status that is not negative, else fails.
template <typename Status>
Status check(Status status, const std::string& where, const std::string& action) {
  if (status < 0) fail(where, action);
  return status;
}

/// Stops HDF5 printing its error stack by itself. Call before the first HDF5 call.
void silence();

}  // namespace dpsbench::hdf5
