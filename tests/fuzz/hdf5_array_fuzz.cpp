#include "core/error.h"
#include "datasets/number_array.h"
#include "runner/exchange/tried_apart.h"
#include "tests/fuzz/input_file.h"

/// Any bytes are an array all of whose numbers can be read, or a DataError; where HDF5 itself does not withstand them,
/// a process of its own ends.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const dpsbench::InputFile file(data, size);
  const auto read = [&] { (void)dpsbench::read_hdf5_array(file.path(), "kernel").sum().item<double>(); };
  try {
    dpsbench::try_apart(file.path(), read);
    read();
  } catch (const dpsbench::DataError&) {
    return 0;
  }
  return 0;
}
