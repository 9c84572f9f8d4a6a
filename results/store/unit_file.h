#pragma once
#include <functional>
#include <optional>
#include <string>

#include "results/files/bytes.h"
#include "results/hdf5/file.h"
#include "results/store/unit_record.h"

namespace dpsbench {

/// Keeps an array that other units may have, too, and returns its digest (InputStore::keep()).
using KeepInput = std::function<std::string(const Tensor&)>;
/// The array of a digest. Throws DataError where there is none.
using ReadInput = std::function<Tensor(const std::string&)>;

/// A unit as the bytes of an HDF5 file. With `keep`, its reference and measurements are handed to that, if they are of
/// some size, and the file has their digests and links to ../inputs/<digest>.h5. Throws DataError when tensors do not
/// belong together (different numbers of images).
Bytes encode_unit(const UnitRecord& unit, const KeepInput& keep = {});

/// An open unit's file: its numbers at once, its arrays when asked for.
class StoredUnit {
 public:
  /// `name` stands for the file in messages. Throws DataError when something is missing.
  StoredUnit(ByteView image, const std::string& name);

  /// The record without its arrays; metrics it has.
  [[nodiscard]] const UnitRecord& numbers() const { return numbers_; }
  [[nodiscard]] UnitSummary summary() const;
  /// The digest of an array that lies with the inputs; none of one that does not.
  [[nodiscard]] std::optional<std::string> input(const std::string& array) const;
  /// The array in the file itself; none if the unit has none of that name, or it lies with the inputs.
  [[nodiscard]] std::optional<hdf5::Dataset> array(const std::string& name) const;

 private:
  hdf5::File file_;
  std::map<std::string, std::string> inputs_;  ///< array -> digest
  UnitRecord numbers_;
};

/// The inverse of encode_unit(). Throws DataError when something is missing or does not fit, and whatever `read` does.
UnitRecord decode_unit(ByteView image, const std::string& name, const ReadInput& read = {});

}  // namespace dpsbench
