#include "results/store/shared_rows.h"

#include <fmt/ranges.h>

#include <utility>

#include "core/error.h"
#include "core/sha256.h"
#include "results/store/array_digest.h"

namespace dpsbench {
namespace {

std::string digest_of(const hdf5::StoredRows& rows) {
  Sha256 digest;
  const auto add = [&digest](const std::string& text) { digest.add(text.data(), text.size()); };
  add(fmt::format("stored {} [{}]\n", at::toString(rows.type), fmt::join(rows.row_shape, ", ")));
  for (const hdf5::StoredRows::Chunk& chunk : rows.chunks) {
    add(fmt::format("{} {}\n", chunk.left_out, chunk.bytes.size()));
    digest.add(chunk.bytes.data(), chunk.bytes.size());
  }
  return digest.digits();
}

std::int64_t count_of(const Rows& rows) {
  if (const auto* stored = std::get_if<hdf5::StoredRows>(&rows))
    return static_cast<std::int64_t>(stored->chunks.size());
  return std::get<Tensor>(rows).size(0);
}

}  // namespace

RowBlock block_of(Rows rows) {
  const auto* stored = std::get_if<hdf5::StoredRows>(&rows);
  const std::string digest = stored != nullptr ? digest_of(*stored) : array_digest(std::get<Tensor>(rows));
  const std::int64_t count = count_of(rows);
  return {digest, count, [rows = std::move(rows)] { return rows; }};
}

Rows rows_of(const hdf5::Dataset& dataset, bool compressed) {
  if (compressed)
    if (auto stored = dataset.stored_rows()) return *std::move(stored);
  return dataset.read();
}

std::shared_ptr<const SharedRows::Written> SharedRows::find(const std::string& name, const std::string& first_digest,
                                                            std::int64_t count) const {
  const auto found = by_first_block_.find({name, first_digest, count});
  return found == by_first_block_.end() ? nullptr : found->second;
}

void SharedRows::remember(const std::string& name, std::int64_t count, std::shared_ptr<const Written> written) {
  if (written->digests.empty()) return;
  by_first_block_.insert_or_assign({name, written->digests.front(), count}, std::move(written));
}

bool RowWriter::follows(const RowBlock& block) const {
  const std::size_t place = digests_.size() - 1;
  const auto has = [&](const std::vector<std::string>& digests) {
    return place < digests.size() && digests[place] == block.digest;
  };
  return sibling_ != nullptr ? has(sibling_->digests_) : same_ && has(same_->digests);
}

void RowWriter::append(const RowBlock& block) {
  if (block.count == 0) return;
  digests_.push_back(block.digest);
  if (digests_.size() == 1 && sibling_ != nullptr && !follows(block)) sibling_ = nullptr;
  if (digests_.size() == 1 && sibling_ == nullptr) same_ = shared_.find(name_, block.digest, count_);
  if (follows(block)) {
    next_ += block.count;
    return;
  }
  if (sibling_ != nullptr) copy_rows_before(std::exchange(sibling_, nullptr)->dataset());
  if (const auto other = std::exchange(same_, nullptr)) copy_rows_before(other->dataset);
  write(block.load());
}

void RowWriter::copy_rows_before(const hdf5::Dataset& from) {
  const std::int64_t before = std::exchange(next_, 0);
  for (std::int64_t row = 0; row < before; ++row) write(from.read_rows(row, 1));
}

void RowWriter::write(const Rows& rows) {
  const auto* stored = std::get_if<hdf5::StoredRows>(&rows);
  if (!own_) {
    std::vector<std::int64_t> shape = {count_};
    const auto add = [&shape](at::IntArrayRef row) { shape.insert(shape.end(), row.begin(), row.end()); };
    stored != nullptr ? add(stored->row_shape) : add(std::get<Tensor>(rows).sizes().slice(1));
    const at::ScalarType type = stored != nullptr ? stored->type : std::get<Tensor>(rows).scalar_type();
    own_ = std::make_unique<hdf5::Dataset>(group_.create_dataset(name_, shape, type, storage_));
  }
  if (stored != nullptr)
    own_->write_rows(next_, *stored);
  else
    own_->write_rows(next_, std::get<Tensor>(rows));
  next_ += count_of(rows);
}

void RowWriter::finish() {
  if (next_ != count_) throw DataError("{}: {} of {} rows were written", group_.where(name_), next_, count_);
  if (count_ == 0) return;
  if (own_) {
    same_ = std::make_shared<SharedRows::Written>(SharedRows::Written{std::move(*own_), digests_});
    own_.reset();
    shared_.remember(name_, count_, same_);
    return;
  }
  group_.link(name_, sibling_ != nullptr ? sibling_->dataset() : same_->dataset);
}

}  // namespace dpsbench
