#include "core/error.h"
#include "runner/exchange/answer_file.h"
#include "tests/fuzz/input_file.h"

/// Any bytes are answers all of whose numbers can be read, or a DataError.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const dpsbench::InputFile file(data, size);
  try {
    (void)dpsbench::read_torch_answers(file.path()).samples.to(at::kDouble).sum().item<double>();
  } catch (const dpsbench::DataError&) {
    return 0;
  }
  return 0;
}
