#include "core/error.h"
#include "results/files/sealed_file.h"
#include "results/store/unit_file.h"
#include "tests/fuzz/input_file.h"

/// Any bytes are a sealed unit, or a DataError before HDF5 sees one of them: HDF5's own reader does not withstand every
/// file (1.10.8 follows wild pointers in attributes).
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const dpsbench::InputFile file(data, size);
  try {
    (void)dpsbench::decode_unit(dpsbench::read_sealed(file.path()), "input");
  } catch (const dpsbench::DataError&) {
    return 0;
  }
  return 0;
}
