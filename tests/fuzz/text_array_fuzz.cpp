#include "core/error.h"
#include "tasks/files/text_array.h"
#include "tests/fuzz/input_file.h"

/// Any bytes are rows of as many numbers each, or a DataError or UserError.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const dpsbench::InputFile file(data, size);
  try {
    const dpsbench::Tensor array = dpsbench::read_text_array(file.path());
    if (array.dim() != 2 || array.size(0) < 1 || array.size(1) < 1) std::abort();
  } catch (const dpsbench::DataError&) {
    return 0;
  } catch (const dpsbench::UserError&) {  // of bytes that are no text
    return 0;
  }
  return 0;
}
