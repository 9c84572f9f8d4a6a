#include "core/error.h"
#include "core/files/hdf5_lock.h"
#include "results/hdf5/error.h"
#include "results/hdf5/file.h"

namespace dpsbench::hdf5 {
namespace {

/// What this program's compressed data sets pass through, in this order.
const std::vector<H5Z_filter_t> usual_filters = {H5Z_FILTER_SHUFFLE, H5Z_FILTER_DEFLATE, H5Z_FILTER_FLETCHER32};

hid_t native_type(at::ScalarType type) { return type == at::kDouble ? H5T_NATIVE_DOUBLE : H5T_NATIVE_FLOAT; }

bool is_small(const std::vector<std::int64_t>& shape, at::ScalarType type) {
  std::int64_t row = static_cast<std::int64_t>(at::elementSize(type));
  for (std::size_t k = 1; k < shape.size(); ++k) row *= shape[k];
  return row == 0 || chunk_bytes / row > 1;
}

/// Whether every row is a chunk, compressed as this program does; of numbers as this machine has them.
bool is_of_row_chunks(hid_t dataset, const std::vector<std::int64_t>& shape, at::ScalarType type) {
  if ((type != at::kFloat && type != at::kDouble) || is_small(shape, type)) return false;
  const Handle stored(H5Dget_type(dataset), H5Tclose);
  if (H5Tequal(stored.id(), native_type(type)) <= 0) return false;
  const Handle properties(H5Dget_create_plist(dataset), H5Pclose);
  if (properties.id() < 0 || H5Pget_layout(properties.id()) != H5D_CHUNKED) return false;
  std::vector<hsize_t> chunk(shape.size());
  if (H5Pget_chunk(properties.id(), static_cast<int>(chunk.size()), chunk.data()) != static_cast<int>(chunk.size()))
    return false;
  for (std::size_t k = 0; k < chunk.size(); ++k)
    if (chunk[k] != (k == 0 ? 1 : static_cast<hsize_t>(shape[k]))) return false;
  std::vector<H5Z_filter_t> filters;
  for (int k = 0; k < H5Pget_nfilters(properties.id()); ++k)
    filters.push_back(
        H5Pget_filter2(properties.id(), static_cast<unsigned>(k), nullptr, nullptr, nullptr, 0, nullptr, nullptr));
  return filters == usual_filters;
}

std::vector<hsize_t> place_of(std::int64_t row, std::size_t dimensions) {
  std::vector<hsize_t> place(dimensions, 0);
  place[0] = static_cast<hsize_t>(row);
  return place;
}

}  // namespace

std::optional<StoredRows> Dataset::stored_rows() const {
  const auto lock = lock_hdf5();
  if (shape_.empty() || !is_of_row_chunks(handle_.id(), shape_, type_)) return std::nullopt;
  const Handle file(H5Iget_file_id(handle_.id()), H5Fclose);
  hsize_t file_size = 0;
  H5Fget_filesize(file.id(), &file_size);
  StoredRows rows{{shape_.begin() + 1, shape_.end()}, type_, {}};
  for (std::int64_t row = 0; row < shape_[0]; ++row) {
    const std::vector<hsize_t> place = place_of(row, shape_.size());
    hsize_t size = 0;
    check(H5Dget_chunk_storage_size(handle_.id(), place.data(), &size), where_, "measure a chunk");
    if (size == 0 || size > file_size) return std::nullopt;  // reading it says what is wrong
    StoredRows::Chunk chunk{0, Bytes(size)};
    check(H5Dread_chunk(handle_.id(), H5P_DEFAULT, place.data(), &chunk.left_out, chunk.bytes.data()), where_,
          "read a chunk");
    rows.chunks.push_back(std::move(chunk));
  }
  return rows;
}

void Dataset::write_rows(std::int64_t first, const StoredRows& rows) {
  const auto lock = lock_hdf5();
  const auto count = static_cast<std::int64_t>(rows.chunks.size());
  const std::vector<std::int64_t> own(shape_.begin() + 1, shape_.end());
  if (rows.type != type_ || rows.row_shape != own || first < 0 || first + count > shape_[0] ||
      !is_of_row_chunks(handle_.id(), shape_, type_))
    throw DataError("{}: rows {} to {} of [{}] cannot be copied as they are stored into [{}]", where_, first,
                    first + count - 1, fmt::join(rows.row_shape, ", "), fmt::join(shape_, ", "));
  for (std::int64_t row = 0; row < count; ++row) {
    const StoredRows::Chunk& chunk = rows.chunks[static_cast<std::size_t>(row)];
    check(H5Dwrite_chunk(handle_.id(), H5P_DEFAULT, chunk.left_out, place_of(first + row, shape_.size()).data(),
                         chunk.bytes.size(), chunk.bytes.data()),
          where_, "write a chunk");
  }
}

}  // namespace dpsbench::hdf5
