#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "core/error.h"
#include "priors/weights/safetensors.h"
#include "priors/weights/safetensors_type.h"
#include "results/files/durable_file.h"
#include "results/files/temporary_file.h"

namespace dpsbench {
namespace {

constexpr std::size_t alignment = 8;

/// A file under a temporary name that takes its real name on commit() and vanishes otherwise.
class NewFile {
 public:
  explicit NewFile(std::string path)
      : path_(std::move(path)),
        temporary_(temporary_name(path_).string()),
        file_(std::fopen(temporary_.c_str(), "wbx")) {
    if (file_ == nullptr) fail("create");
  }
  ~NewFile() {
    if (file_ != nullptr) std::fclose(file_);
    if (!committed_) std::remove(temporary_.c_str());
  }
  NewFile(const NewFile&) = delete;
  NewFile& operator=(const NewFile&) = delete;

  void write(const void* bytes, std::size_t count) {
    if (count != 0 && std::fwrite(bytes, 1, count, file_) != count) fail("write");
  }

  void commit() {
    if (std::fclose(std::exchange(file_, nullptr)) != 0) fail("write");
    publish_durably(temporary_, path_);
    committed_ = true;
  }

 private:
  [[noreturn]] void fail(const char* action) const {
    throw Error(fmt::format("cannot {} '{}': {}", action, path_, std::strerror(errno)));
  }

  std::string path_;
  std::string temporary_;
  std::FILE* file_;
  bool committed_ = false;
};

}  // namespace

void write_safetensors(const std::string& path, const std::map<std::string, Tensor>& tensors,
                       const std::map<std::string, std::string>& metadata) {
  std::vector<std::pair<std::string, Tensor>> order;
  for (const auto& [name, tensor] : tensors) order.emplace_back(name, tensor.detach().to(at::kCPU).contiguous());
  // wide types first, so that every tensor is aligned to its own element size
  std::stable_sort(order.begin(), order.end(),
                   [](const auto& a, const auto& b) { return a.second.element_size() > b.second.element_size(); });

  nlohmann::json header = nlohmann::json::object();
  if (!metadata.empty()) header["__metadata__"] = metadata;
  std::size_t offset = 0;
  for (const auto& [name, tensor] : order) {
    header[name] = {{"dtype", safetensors_type_name(tensor.scalar_type())},
                    {"shape", tensor.sizes().vec()},
                    {"data_offsets", {offset, offset + tensor.nbytes()}}};
    offset += tensor.nbytes();
  }
  std::string text = header.dump();
  text.append((alignment - text.size() % alignment) % alignment, ' ');

  NewFile file(path);
  const std::uint64_t length = text.size();
  file.write(&length, sizeof length);
  file.write(text.data(), text.size());
  for (const auto& [name, tensor] : order) file.write(tensor.data_ptr(), tensor.nbytes());
  file.commit();
}

}  // namespace dpsbench
