#pragma once
#include <map>
#include <memory>
#include <string>
#include <tuple>
#include <vector>

#include "results/hdf5/file.h"

namespace dpsbench {

/// Data sets of a file by their content, so that what many cells have in common (the reference images, the measurements
/// that all methods see) is stored once and linked.
class SharedRows {
 public:
  /// A data set as it was written: its rows' digests tell whether another one is the same.
  struct Written {
    hdf5::Dataset dataset;
    std::vector<std::string> digests;
  };

  /// A data set of that name with `count` rows whose first row has this digest; null if there is none yet.
  [[nodiscard]] std::shared_ptr<const Written> find(const std::string& name, const std::string& first_digest,
                                                    std::int64_t count) const;
  void remember(const std::string& name, std::shared_ptr<const Written> written);

 private:
  std::map<std::tuple<std::string, std::string, std::int64_t>, std::shared_ptr<const Written>> by_first_row_;
};

/// Writes one data set row by row, or, while its rows are those of one already there, only compares.
class RowWriter {
 public:
  /// `count`: rows that will come in all.
  RowWriter(const hdf5::Group& group, std::string name, std::int64_t count, const hdf5::Storage& storage,
            SharedRows& shared)
      : group_(group), name_(std::move(name)), count_(count), storage_(storage), shared_(shared) {}

  /// The next rows, [n, ...]. Throws DataError when their type or shape is not that of the rows before.
  void append(const Tensor& rows);
  /// After the last row: links the data set if it was there already.
  void finish();

 private:
  void begin_writing(const Tensor& rows);

  const hdf5::Group& group_;
  std::string name_;
  std::int64_t count_;
  hdf5::Storage storage_;
  SharedRows& shared_;
  std::vector<std::string> digests_;                 ///< of all rows so far
  std::shared_ptr<const SharedRows::Written> same_;  ///< what the rows so far equal
  std::unique_ptr<hdf5::Dataset> own_;               ///< once they differ
};

}  // namespace dpsbench
