#include "results/files/sealed_file.h"

#include <algorithm>
#include <iterator>
#include <optional>

#include "core/error.h"
#include "core/sha256.h"
#include "results/files/durable_file.h"

namespace dpsbench {
namespace {

constexpr std::string_view seal_kind = "dpsbench sealed file 1";

std::string seal_of(ByteView content) {
  std::string seal =
      fmt::format("{}\nbytes {}\nsha256 {}\n", seal_kind, content.size(), sha256(content.data(), content.size()));
  seal.resize(seal_size, '\0');
  return seal;
}

/// What is wrong with a file's bytes; empty if nothing is.
std::optional<std::string> damage_of(ByteView file) {
  if (file.size() < seal_size) return fmt::format("cut off after {} bytes", file.size());
  const std::string_view seal(reinterpret_cast<const char*>(file.data()), seal_size);
  if (!seal.starts_with(seal_kind)) return "does not begin with a seal";
  const ByteView content = file.subspan(seal_size);
  if (seal == seal_of(content)) return std::nullopt;
  if (!seal.starts_with(fmt::format("{}\nbytes {}\n", seal_kind, content.size())))
    return fmt::format("has {} bytes of content, not as many as its seal says", content.size());
  return "its content or its seal was altered: the SHA-256 differs";
}

}  // namespace

void write_sealed(const std::filesystem::path& path, ByteView content) {
  Bytes file;
  file.reserve(seal_size + content.size());
  const std::string seal = seal_of(content);
  std::ranges::copy(as_bytes(seal), std::back_inserter(file));
  file.insert(file.end(), content.begin(), content.end());
  write_durably(path, file);
}

Bytes read_sealed(const std::filesystem::path& path) {
  Bytes file = read_bytes(path);
  if (const auto damage = damage_of(file)) throw DataError("{}: damaged: {}", path.string(), *damage);
  file.erase(file.begin(), file.begin() + seal_size);
  return file;
}

bool seal_holds(const std::filesystem::path& path) {
  if (!std::filesystem::exists(path)) return false;
  return !damage_of(read_bytes(path));
}

}  // namespace dpsbench
