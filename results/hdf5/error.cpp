#include "results/hdf5/error.h"

#include "core/error.h"

namespace dpsbench::hdf5 {
namespace {

herr_t keep_innermost(unsigned, const H5E_error2_t* error, void* text) {
  if (error->desc != nullptr) *static_cast<std::string*>(text) = error->desc;
  return 0;
}

/// Of HDF5's sentence on a failed call of the system only the system's reason: the rest are addresses and counts.
std::string reason_of(const std::string& sentence) {
  constexpr std::string_view mark = "error message = '";
  const std::size_t begin = sentence.find(mark);
  if (begin == std::string::npos) return sentence;
  const std::size_t end = sentence.find('\'', begin + mark.size());
  return sentence.substr(begin + mark.size(), end == std::string::npos ? end : end - begin - mark.size());
}

}  // namespace

void fail(const std::string& where, const std::string& action) {
  std::string reason;
  H5Ewalk2(H5E_DEFAULT, H5E_WALK_DOWNWARD, keep_innermost, &reason);
  H5Eclear2(H5E_DEFAULT);
  throw DataError("{}: cannot {}{}{}", where, action, reason.empty() ? "" : ": ", reason_of(reason));
}

void silence() {
  // Files are closed where they are used. At the end of the program HDF5 would once more try to close one that a full
  // disk left open, and crash.
  static const herr_t left_alone = H5dont_atexit();
  static_cast<void>(left_alone);
  H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
}

}  // namespace dpsbench::hdf5
