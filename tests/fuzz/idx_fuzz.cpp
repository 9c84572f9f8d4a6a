#include "core/error.h"
#include "datasets/image_source.h"
#include "tests/fuzz/input_file.h"

/// Any bytes are an idx file whose images can all be read, or a DataError.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const dpsbench::InputFile file(data, size);
  try {
    const auto source = dpsbench::open_idx_images(file.path());
    (void)source->read(0);
    (void)source->read(source->size() - 1);
  } catch (const dpsbench::DataError&) {
    return 0;
  }
  return 0;
}
