#pragma once
#include <filesystem>
#include <optional>
#include <vector>

#include "datasets/hdf5_object.h"

namespace dpsbench {

/// An HDF5 file that may come from a stranger, opened for reading. Whoever calls holds an Hdf5Session.
class Hdf5Input {
 public:
  /// Throws DataError: the file is damaged, or in a format that this HDF5 library does not know.
  explicit Hdf5Input(const std::filesystem::path& file);

  /// The data set at `path`; nothing if there is none. Its numbers lie in this file, or, of a virtual data set, in HDF5
  /// files of the same folder that are there and hold all of it. Throws DataError for a link to another place, storage
  /// outside of the file, a virtual data set with a part that is missing or lies elsewhere, a filter that this library
  /// lacks, numbers that were never written, and sizes that the file cannot hold.
  [[nodiscard]] std::optional<Hdf5Object> dataset(const std::string& path) const;

  /// Other files that a data set's numbers come from, in the order met; empty unless it is virtual.
  [[nodiscard]] static std::vector<std::string> sources(const Hdf5Object& dataset);

  [[nodiscard]] const std::filesystem::path& file() const { return file_; }
  [[nodiscard]] hsize_t bytes() const;

 private:
  void require_hard_links(const std::string& path) const;

  void require_content(const Hdf5Object& dataset, const Hdf5Object& properties, const std::string& where) const;
  void require_sources(const Hdf5Object& dataset, const Hdf5Object& properties, const std::string& where) const;
  [[nodiscard]] std::optional<Hdf5Object> stored_dataset(const std::string& path) const;

  std::filesystem::path file_;
  Hdf5Object handle_;
};

/// Sizes of a data set; empty for a single number.
std::vector<hsize_t> hdf5_extent(const Hdf5Object& dataset);

}  // namespace dpsbench
