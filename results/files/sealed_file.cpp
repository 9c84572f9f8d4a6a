#include "results/files/sealed_file.h"

#include <fcntl.h>

#include <algorithm>
#include <iterator>
#include <optional>

#include "core/error.h"
#include "core/sha256.h"
#include "results/files/descriptor.h"
#include "results/files/durable_file.h"

namespace dpsbench {
namespace {

constexpr std::string_view seal_kind = "dpsbench sealed file 1";
constexpr std::string_view hdf5_signature = "\x89HDF\r\n\x1a\n";

std::string seal_of(std::size_t size, const std::string& digest) {
  std::string seal = fmt::format("{}\nbytes {}\nsha256 {}\n", seal_kind, size, digest);
  seal.resize(seal_size, '\0');
  return seal;
}

/// Length and digest of what follows the seal's place.
struct Content {
  std::string seal;  ///< what stands in the seal's place; shorter when the file ends there
  std::size_t size;
  std::string digest;
};

/// What is wrong with a file; nothing if its seal holds.
std::optional<std::string> damage_of(const Content& file) {
  if (file.seal.starts_with(hdf5_signature)) return "has no seal; results of earlier versions had none";
  if (file.seal.size() < seal_size) return fmt::format("cut off after {} bytes", file.seal.size());
  if (!file.seal.starts_with(seal_kind)) return "does not begin with a seal";
  if (file.seal == seal_of(file.size, file.digest)) return std::nullopt;
  if (!file.seal.starts_with(fmt::format("{}\nbytes {}\n", seal_kind, file.size)))
    return fmt::format("has {} bytes of content, not as many as its seal says", file.size);
  return "its content or its seal was altered: the SHA-256 differs";
}

Content content_of(ByteView file) {
  const auto* text = reinterpret_cast<const char*>(file.data());
  const std::size_t start = std::min(file.size(), seal_size);
  return {{text, start}, file.size() - start, sha256(text + start, file.size() - start)};
}

/// The same of a file of any size, block by block.
Content content_of(const std::filesystem::path& path) {
  constexpr std::size_t block = std::size_t{1} << 20;
  const Descriptor file = open_to_read(path);
  Content content{std::string(seal_size, '\0'), 0, {}};
  content.seal.resize(read_up_to(file, content.seal.data(), seal_size, path));
  Sha256 digest;
  Bytes bytes(block);
  while (const std::size_t count = read_up_to(file, bytes.data(), block, path)) {
    digest.add(bytes.data(), count);
    content.size += count;
  }
  content.digest = digest.digits();
  return content;
}

void write_at_start(const std::filesystem::path& path, std::string_view text) {
  Descriptor file(retried([&] { return ::open(path.c_str(), O_WRONLY | O_NOFOLLOW | O_CLOEXEC); }));
  if (file.number() < 0) throw_errno("open", path);
  write_all(file, as_bytes(text), path);
  if (!file.close()) throw_errno("write", path);
}

}  // namespace

void write_sealed(const std::filesystem::path& path, ByteView content) {
  Bytes file;
  file.reserve(seal_size + content.size());
  const std::string seal = seal_of(content.size(), sha256(content.data(), content.size()));
  std::ranges::copy(as_bytes(seal), std::back_inserter(file));
  file.insert(file.end(), content.begin(), content.end());
  write_durably(path, file);
}

void seal_in_place(const std::filesystem::path& path) {
  const Content content = content_of(path);
  write_at_start(path, seal_of(content.size, content.digest));
}

Bytes read_sealed(const std::filesystem::path& path) {
  Bytes file = read_bytes(path);
  if (const auto damage = damage_of(content_of(file))) throw DataError("{}: damaged: {}", path.string(), *damage);
  file.erase(file.begin(), file.begin() + seal_size);
  return file;
}

void require_seal(const std::filesystem::path& path) {
  if (const auto damage = damage_of(content_of(path))) throw DataError("{}: damaged: {}", path.string(), *damage);
}

bool seal_holds(const std::filesystem::path& path) {
  if (!std::filesystem::exists(path)) return false;
  return !damage_of(content_of(path));
}

}  // namespace dpsbench
