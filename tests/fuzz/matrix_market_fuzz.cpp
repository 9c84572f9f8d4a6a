#include "core/error.h"
#include "tasks/files/matrix_market.h"
#include "tests/fuzz/input_file.h"

/// Any bytes are a matrix whose entries all lie within it, or a DataError.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const dpsbench::InputFile file(data, size);
  try {
    const dpsbench::MatrixEntries entries = dpsbench::read_matrix_market(file.path());
    if (entries.row.numel() != entries.value.numel() || entries.column.numel() != entries.value.numel()) std::abort();
    if (entries.row.numel() > 0 &&
        (entries.row.min().item<std::int64_t>() < 0 || entries.column.min().item<std::int64_t>() < 0 ||
         entries.row.max().item<std::int64_t>() >= entries.rows ||
         entries.column.max().item<std::int64_t>() >= entries.columns))
      std::abort();
  } catch (const dpsbench::DataError&) {
    return 0;
  } catch (const dpsbench::UserError&) {
    return 0;
  }
  return 0;
}
