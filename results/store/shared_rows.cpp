#include "results/store/shared_rows.h"

#include <algorithm>

#include "core/error.h"
#include "core/sha256.h"

namespace dpsbench {
namespace {

/// Digest of each row's type, shape and bytes.
std::vector<std::string> row_digests(const Tensor& rows) {
  const Tensor values = rows.cpu().contiguous();
  const auto count = static_cast<std::size_t>(values.size(0));
  const std::size_t size = count == 0 ? 0 : values.nbytes() / count;
  const std::string kind =
      fmt::format("{} {}", at::toString(values.scalar_type()), fmt::join(values.sizes().slice(1), " "));
  const auto* bytes = static_cast<const std::byte*>(values.data_ptr());
  std::vector<std::string> digests;
  for (std::size_t i = 0; i < count; ++i) digests.push_back(kind + " " + sha256(bytes + i * size, size));
  return digests;
}

}  // namespace

std::shared_ptr<const SharedRows::Written> SharedRows::find(const std::string& name, const std::string& first_digest,
                                                            std::int64_t count) const {
  const auto found = by_first_row_.find({name, first_digest, count});
  return found == by_first_row_.end() ? nullptr : found->second;
}

void SharedRows::remember(const std::string& name, std::shared_ptr<const Written> written) {
  if (written->digests.empty()) return;
  const auto count = static_cast<std::int64_t>(written->digests.size());
  by_first_row_.insert_or_assign({name, written->digests.front(), count}, std::move(written));
}

void RowWriter::append(const Tensor& rows) {
  const std::vector<std::string> digests = row_digests(rows);
  if (digests.empty()) return;
  const std::size_t first = digests_.size();
  if (first == 0) same_ = shared_.find(name_, digests.front(), count_);
  digests_.insert(digests_.end(), digests.begin(), digests.end());
  if (same_ && digests_.size() <= same_->digests.size() &&
      std::equal(digests.begin(), digests.end(), same_->digests.begin() + static_cast<std::ptrdiff_t>(first)))
    return;
  if (!own_) begin_writing(rows);
  if (same_ && first > 0) {  // the rows before are those of the other data set
    for (std::int64_t row = 0; row < static_cast<std::int64_t>(first); ++row)
      own_->write_rows(row, same_->dataset.read_rows(row, 1));
  }
  same_ = nullptr;
  own_->write_rows(static_cast<std::int64_t>(first), rows);
}

void RowWriter::begin_writing(const Tensor& rows) {
  std::vector<std::int64_t> shape = rows.sizes().vec();
  shape[0] = count_;
  own_ = std::make_unique<hdf5::Dataset>(group_.create_dataset(name_, shape, rows.scalar_type(), storage_));
}

void RowWriter::finish() {
  if (static_cast<std::int64_t>(digests_.size()) != count_)
    throw DataError("{}: {} of {} rows were written", group_.where(name_), digests_.size(), count_);
  if (same_) group_.link(name_, same_->dataset);
  if (!own_) return;
  shared_.remember(name_,
                   std::make_shared<SharedRows::Written>(SharedRows::Written{std::move(*own_), std::move(digests_)}));
}

}  // namespace dpsbench
