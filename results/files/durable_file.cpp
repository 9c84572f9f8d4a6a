#include "results/files/durable_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "core/error.h"
#include "results/files/descriptor.h"

namespace fs = std::filesystem;

namespace dpsbench {
namespace {

void write_all(int file, ByteView bytes, const fs::path& path) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(file, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) throw_errno("write", path);
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
}

void flush_to_disk(const fs::path& path, int flags) {
  Descriptor file(::open(path.c_str(), flags | O_CLOEXEC));
  if (file.number() < 0) throw_errno("open", path);
  // Some network file systems refuse fsync of a folder: they need none.
  if (::fsync(file.number()) != 0 && errno != EINVAL && errno != EROFS) throw_errno("flush to disk", path);
}

void write_temporary(const fs::path& temporary, ByteView bytes, const fs::path& path) {
  Descriptor file(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666));
  if (file.number() < 0) throw_errno("create", path);
  write_all(file.number(), bytes, path);
  if (!file.close()) throw_errno("write", path);
}

fs::path folder_of(const fs::path& path) { return path.has_parent_path() ? path.parent_path() : fs::path("."); }

constexpr std::string_view temporary_suffix = ".tmp";

}  // namespace

fs::path temporary_name(const fs::path& path) {
  std::array<char, 256> host{};
  ::gethostname(host.data(), host.size() - 1);
  return folder_of(path) /
         fmt::format(".{}.{}.{}{}", path.filename().string(), host.data(), ::getpid(), temporary_suffix);
}

void publish_durably(const fs::path& temporary, const fs::path& path) {
  flush_to_disk(temporary, O_RDONLY);
  if (::rename(temporary.c_str(), path.c_str()) != 0) throw_errno("rename a temporary file to this name", path);
  flush_to_disk(folder_of(path), O_RDONLY | O_DIRECTORY);
}

void write_durably(const fs::path& path, ByteView bytes) {
  const fs::path temporary = temporary_name(path);
  try {
    write_temporary(temporary, bytes, path);
    publish_durably(temporary, path);
  } catch (...) {
    ::unlink(temporary.c_str());
    throw;
  }
}

void sweep_temporary_files(const fs::path& folder) {
  std::error_code ignored;  // a folder that is not there holds no leftovers
  for (const auto& entry : fs::directory_iterator(folder, ignored)) {
    const std::string name = entry.path().filename().string();
    if (name.starts_with('.') && name.ends_with(temporary_suffix)) fs::remove(entry.path(), ignored);
  }
}

void make_folder(const fs::path& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) throw UserError("{}: cannot make this folder: {}", folder.string(), error.message());
}

Bytes read_bytes(const fs::path& path) {
  const Descriptor file = open_to_read(path);
  struct stat status {};
  if (::fstat(file.number(), &status) != 0) throw_errno("look at", path);
  Bytes bytes(static_cast<std::size_t>(status.st_size));
  if (read_up_to(file, bytes.data(), bytes.size(), path) < bytes.size())
    throw DataError("{}: shrank while it was read", path.string());
  return bytes;
}

}  // namespace dpsbench
