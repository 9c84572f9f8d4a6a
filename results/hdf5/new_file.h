#pragma once
#include <filesystem>
#include <optional>

#include "results/hdf5/file.h"

namespace dpsbench::hdf5 {

/// An HDF5 file under a temporary name until it is whole: publish() gives it its own, in place of what is there,
/// durably (results/files/durable_file.h). What is not published is removed.
class NewFile {
 public:
  /// What readers look at first: a seal over every byte (results/files/sealed_file.h), or HDF5's own beginning.
  enum class Seal { none, all_bytes };

  explicit NewFile(const std::filesystem::path& path, Seal seal = Seal::none);
  ~NewFile();
  NewFile(const NewFile&) = delete;
  NewFile& operator=(const NewFile&) = delete;

  [[nodiscard]] const Group& root() const { return file_->root(); }
  /// Objects got from root() must be gone. Throws DataError naming the file (a full disk).
  void publish();

 private:
  std::filesystem::path path_;
  std::filesystem::path temporary_;
  Seal seal_;
  std::optional<File> file_;
};

}  // namespace dpsbench::hdf5
