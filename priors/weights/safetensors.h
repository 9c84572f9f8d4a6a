#pragma once
#include <map>
#include <string>
#include <vector>

#include "core/tensor.h"
#include "priors/weights/mapped_file.h"

namespace dpsbench {

/// A safetensors file (8 bytes of header length, a JSON header, raw little-endian data) in memory, checked as a whole
/// when it is opened: afterwards every tensor is known to lie inside the file. Number types: F64, F32, F16, BF16, I64,
/// U8. As with every mapping, the file must not be cut short while it is in use: replace it, never overwrite.
class SafetensorsFile {
 public:
  /// Throws UserError when the file cannot be opened, DataError when its content is not a valid safetensors file.
  explicit SafetensorsFile(const std::string& path) : SafetensorsFile(map_file(path)) {}
  /// Of bytes that are in memory already, on any device. Throws DataError likewise.
  explicit SafetensorsFile(FileBytes file);

  [[nodiscard]] const std::string& path() const { return file_.path; }

  /// The tensors' names, sorted.
  [[nodiscard]] std::vector<std::string> names() const;

  /// The text pairs under `__metadata__`; empty when there are none.
  [[nodiscard]] const std::map<std::string, std::string>& metadata() const { return metadata_; }

  [[nodiscard]] bool contains(const std::string& name) const { return entries_.count(name) != 0; }

  /// The tensor in the file's own number type, on the device of the bytes. Shares them and keeps them alive; writing to
  /// it changes the process's private copy, never the file. Throws DataError when there is no such tensor.
  [[nodiscard]] Tensor tensor(const std::string& name) const;

  /// The tensor as float32, if it has exactly this shape. Throws DataError naming file, tensor, the shape met and
  /// wanted.
  [[nodiscard]] Tensor require(const std::string& name, const std::vector<std::int64_t>& shape) const;

 private:
  struct Entry {
    at::ScalarType type;
    std::vector<std::int64_t> shape;
    std::uint64_t begin;  ///< in bytes from the start of the data
    std::uint64_t end;
  };
  void parse_header(const char* text, std::uint64_t length, std::uint64_t data_bytes);
  void check_tiling(std::uint64_t data_bytes) const;
  [[nodiscard]] std::string what_it_holds() const;
  [[nodiscard]] const Entry& entry(const std::string& name) const;

  FileBytes file_;
  std::uint64_t data_offset_ = 0;
  std::map<std::string, Entry> entries_;
  std::map<std::string, std::string> metadata_;
};

/// Writes tensors (any device, the number types above) and text pairs as a safetensors file: first under a temporary
/// name, then renamed, so that the name never stands for half a file. Throws Error when the disk refuses.
void write_safetensors(const std::string& path, const std::map<std::string, Tensor>& tensors,
                       const std::map<std::string, std::string>& metadata = {});

}  // namespace dpsbench
