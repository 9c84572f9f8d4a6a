#pragma once
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "core/tensor.h"
#include "results/files/bytes.h"

/// A thin layer over the HDF5 C library: objects close themselves, errors are DataError naming the file, the object and
/// HDF5's own reason. Every call holds lock_hdf5(), so that any thread may make it; one object belongs to one thread at
/// a time.
namespace dpsbench::hdf5 {

/// What an attribute can hold. bool is h5py's enumeration of FALSE and TRUE.
using AttributeValue = std::variant<bool, std::int64_t, double, std::string, std::vector<std::string>>;

/// An HDF5 identifier that is closed when it goes out of scope.
class Handle {
 public:
  using Close = int (*)(std::int64_t);
  Handle(std::int64_t number, Close closer) : id_(number), close_(closer) {}
  ~Handle();
  Handle(Handle&& other) noexcept : id_(std::exchange(other.id_, -1)), close_(other.close_) {}
  Handle& operator=(Handle&& other) noexcept;
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;

  [[nodiscard]] std::int64_t id() const { return id_; }
  /// Closes now; false if HDF5 could not (a full disk may show only here).
  bool close();

 private:
  std::int64_t id_;
  Close close_;
};

/// Small rows are gathered into chunks of about this many bytes; a bigger row is a chunk of its own.
inline constexpr std::int64_t chunk_bytes = 1 << 16;

/// How a data set is laid out: chunks of whole rows, checksummed (Fletcher32), compressed if `deflate` is 1 to 9.
struct Storage {
  int deflate = 0;
};

/// Rows as they lie in a file, each a compressed chunk of its own: to be copied without being unpacked.
struct StoredRows {
  struct Chunk {
    std::uint32_t left_out;  ///< HDF5's mask of the filters that the chunk did without
    Bytes bytes;
  };
  std::vector<std::int64_t> row_shape;
  at::ScalarType type;
  std::vector<Chunk> chunks;
};

/// Rows of a data set that lie in another file, whose data set they are all of.
struct LinkedRows {
  std::string file;     ///< its path from the folder of the file that links them
  std::string dataset;  ///< "/samples"
  std::int64_t count;
};

/// An array in a file: float32, float64, int64 or uint8.
class Dataset {
 public:
  Dataset(Handle handle, std::string where);

  [[nodiscard]] const std::vector<std::int64_t>& shape() const { return shape_; }
  [[nodiscard]] at::ScalarType type() const { return type_; }

  /// Writes rows [n, ...] from row `first` on. The tensor's type and row shape must be the data set's.
  void write_rows(std::int64_t first, const Tensor& rows);
  /// Rows first ... first + count - 1: [count, ...].
  [[nodiscard]] Tensor read_rows(std::int64_t first, std::int64_t count) const;
  [[nodiscard]] Tensor read() const;

  /// Whether its rows lie in other files (Group::link_rows()).
  [[nodiscard]] bool is_linked() const;

  /// All rows as they are stored; none where they are not compressed chunks of their own, as large rows that this
  /// program compressed are.
  [[nodiscard]] std::optional<StoredRows> stored_rows() const;
  /// Writes such rows from row `first` on. The data set must be one whose rows are stored alike.
  void write_rows(std::int64_t first, const StoredRows& rows);
  [[nodiscard]] std::int64_t id() const { return handle_.id(); }

 private:
  Handle handle_;
  std::string where_;
  std::vector<std::int64_t> shape_;
  at::ScalarType type_;
};

/// A group of a file, or the file's root.
class Group {
 public:
  Group(Handle handle, std::string where) : handle_(std::move(handle)), where_(std::move(where)) {}

  [[nodiscard]] Group create_group(const std::string& name) const;
  [[nodiscard]] Group group(const std::string& name) const;
  [[nodiscard]] bool has(const std::string& name) const;
  /// Whether the member of that name is a group; else it is a data set.
  [[nodiscard]] bool is_group(const std::string& name) const;
  /// Names of all members, sorted.
  [[nodiscard]] std::vector<std::string> names() const;

  [[nodiscard]] Dataset create_dataset(const std::string& name, const std::vector<std::int64_t>& shape,
                                       at::ScalarType type, const Storage& storage = {}) const;
  [[nodiscard]] Dataset dataset(const std::string& name) const;
  void write(const std::string& name, const Tensor& values, const Storage& storage = {}) const;
  [[nodiscard]] Tensor read(const std::string& name) const { return dataset(name).read(); }

  /// A list of UTF-8 texts as a data set of fixed-length strings.
  void write_texts(const std::string& name, const std::vector<std::string>& texts) const;
  /// A list of texts of fixed or of any length up to 4096 bytes.
  [[nodiscard]] std::vector<std::string> read_texts(const std::string& name) const;

  void set_attribute(const std::string& name, const AttributeValue& value) const;
  [[nodiscard]] std::map<std::string, AttributeValue> attributes() const;

  /// A second name for a data set that is there already: no second copy.
  void link(const std::string& name, const Dataset& target) const;
  /// A name for a data set of another file, whose path is relative to this file's folder.
  void link(const std::string& name, const std::string& file, const std::string& dataset) const;

  /// A data set of float32 whose rows lie in other files, in this order: other programs read it as any (HDF5 calls it
  /// virtual), and find NaN where a file is gone; Dataset throws there.
  void link_rows(const std::string& name, const std::vector<std::int64_t>& row_shape,
                 const std::vector<LinkedRows>& rows) const;

  /// "file: /group/name" for messages; of the group itself if `name` is empty.
  [[nodiscard]] std::string where(const std::string& name = {}) const;

 private:
  Handle handle_;
  std::string where_;
};

/// An open file. Objects got from it must not outlive it.
class File {
 public:
  /// A new file on disk; throws if there is one of that name. Its first `user_block` bytes (0, 512, 1024, 2048, ...)
  /// are left to others.
  static File create(const std::filesystem::path& path, std::size_t user_block = 0);
  /// An existing file, for reading.
  static File open(const std::filesystem::path& path);
  /// A new file in memory: see image().
  static File in_memory();
  /// A file's bytes in memory, for reading; `name` stands for it in messages.
  static File from_image(ByteView image, const std::string& name);

  [[nodiscard]] const Group& root() const { return root_; }
  /// The bytes that the file would have on disk.
  [[nodiscard]] Bytes image() const;
  /// Writes everything and closes. Throws DataError if that fails (a full disk); without it errors pass unseen.
  void close();

 private:
  File(Handle handle, const std::string& name);
  Handle handle_;
  std::string name_;
  Group root_;
};

}  // namespace dpsbench::hdf5
