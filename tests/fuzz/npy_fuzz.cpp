#include "core/error.h"
#include "core/files/npy.h"
#include "tests/fuzz/input_file.h"

/// Any bytes are an array all of whose numbers can be read, or a DataError.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const dpsbench::InputFile file(data, size);
  try {
    (void)dpsbench::read_npy(file.path()).to(at::kDouble).sum().item<double>();
  } catch (const dpsbench::DataError&) {
    return 0;
  }
  return 0;
}
