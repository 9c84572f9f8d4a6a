#pragma once
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "core/error.h"
#include "results/hdf5/file.h"

namespace dpsbench {

/// Something that units share is absent or damaged. 'dpsbench run' measures it again and puts it back.
class LostInput final : public DataError {
 public:
  using DataError::DataError;
};

/// What the units of many cells have in common, their reference images and measurements, each stored once: sealed files
/// DIR/inputs/<digest of the array>.h5 (array_digest()) with the data set `rows`. Written like units: under a temporary
/// name until whole, so that a kill leaves a whole file or none. Several processes may write at once, the same file,
/// too: its bytes depend on its name alone. Several threads may use one object.
class InputStore {
 public:
  explicit InputStore(std::filesystem::path folder);

  /// Keeps an array [N, ...] durably, if it is not there whole already. Returns its digest. Throws DataError naming
  /// the file that cannot be written.
  std::string keep(const Tensor& rows) const;

  /// Whether it is there and every byte of it verifies. A file is read once by each process; later, that it is still
  /// there is enough.
  [[nodiscard]] bool holds(const std::string& digest) const;

  /// An open file with its array. The file must outlive it.
  struct Opened {
    hdf5::File file;
    hdf5::Dataset rows;
  };
  /// Opens it, every byte checked. Throws LostInput naming the file.
  [[nodiscard]] Opened open(const std::string& digest) const;

  /// The array. Throws LostInput naming the file, also where it holds another array than its name says.
  [[nodiscard]] Tensor read(const std::string& digest) const;

  /// Digests of all files that are there, whole or not, sorted.
  [[nodiscard]] std::vector<std::string> present() const;
  [[nodiscard]] std::filesystem::path path(const std::string& digest) const;

 private:
  struct Checked;
  std::filesystem::path folder_;
  std::shared_ptr<Checked> checked_;  ///< what this process found whole
};

}  // namespace dpsbench
