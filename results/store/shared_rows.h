#pragma once
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <tuple>
#include <variant>
#include <vector>

#include "results/hdf5/file.h"

namespace dpsbench {

/// Rows of a data set to be written: numbers, or as they are stored elsewhere.
using Rows = std::variant<Tensor, hdf5::StoredRows>;

/// Some rows on their way into a data set, those of a unit.
struct RowBlock {
  std::string digest;          ///< of their type, shape and content: blocks of one digest are equal
  std::int64_t count = 0;      ///< rows
  std::function<Rows()> load;  ///< called only if they are not there already
};

/// A block of rows that are at hand; those stored compressed are told apart by their compressed bytes.
RowBlock block_of(Rows rows);

/// All rows of a data set, as they are stored if the copy is to be `compressed` and that can be.
Rows rows_of(const hdf5::Dataset& dataset, bool compressed);

/// Data sets of a file by their content, so that what many cells have in common (the reference images, the measurements
/// that all methods see) is stored once and linked.
class SharedRows {
 public:
  /// A data set as it was written: its blocks' digests tell whether another one is the same.
  struct Written {
    hdf5::Dataset dataset;
    std::vector<std::string> digests;
  };

  /// A data set of that name with `count` rows whose first block has this digest; null if there is none yet.
  [[nodiscard]] std::shared_ptr<const Written> find(const std::string& name, const std::string& first_digest,
                                                    std::int64_t count) const;
  void remember(const std::string& name, std::int64_t count, std::shared_ptr<const Written> written);

 private:
  std::map<std::tuple<std::string, std::string, std::int64_t>, std::shared_ptr<const Written>> by_first_block_;
};

/// Writes one data set block by block, or, while its blocks are those of one already there, only compares.
class RowWriter {
 public:
  /// `count`: rows that will come in all.
  RowWriter(const hdf5::Group& group, std::string name, std::int64_t count, const hdf5::Storage& storage,
            SharedRows& shared)
      : group_(group), name_(std::move(name)), count_(count), storage_(storage), shared_(shared) {}

  /// A data set of the same cell that gets each of its blocks first and may turn out to be this one, as a measurement
  /// that is its own picture. Before the first block.
  void compare_with(const RowWriter& sibling) { sibling_ = &sibling; }

  /// The next rows, [n, ...]. Throws DataError when their type or shape is not that of the rows before.
  void append(const RowBlock& block);
  /// After the last row: links the data set if it was there already.
  void finish();

 private:
  [[nodiscard]] const hdf5::Dataset& dataset() const { return same_ ? same_->dataset : *own_; }
  [[nodiscard]] bool follows(const RowBlock& block) const;
  void copy_rows_before(const hdf5::Dataset& from);
  void write(const Rows& rows);

  const hdf5::Group& group_;
  std::string name_;
  std::int64_t count_;
  hdf5::Storage storage_;
  SharedRows& shared_;
  std::int64_t next_ = 0;                            ///< rows so far
  std::vector<std::string> digests_;                 ///< of all blocks so far
  const RowWriter* sibling_ = nullptr;               ///< whose blocks those so far are
  std::shared_ptr<const SharedRows::Written> same_;  ///< what the rows so far equal; at the end, what they are
  std::unique_ptr<hdf5::Dataset> own_;               ///< once they differ
};

}  // namespace dpsbench
