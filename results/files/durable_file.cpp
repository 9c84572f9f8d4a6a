#include "results/files/durable_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "core/error.h"
#include "results/files/descriptor.h"
#include "results/files/temporary_file.h"

namespace fs = std::filesystem;

namespace dpsbench {
namespace {

/// Some network file systems refuse fsync of a folder: they need none.
bool is_refused_flush(bool folder) { return folder && (errno == EINVAL || errno == EROFS); }

void flush_to_disk(const fs::path& path, bool folder) {
  const int flags = O_RDONLY | O_CLOEXEC | (folder ? O_DIRECTORY : O_NOFOLLOW);
  const Descriptor file(retried([&] { return ::open(path.c_str(), flags); }));
  if (file.number() < 0) throw_errno("open", path);
  if (retried([&] { return ::fsync(file.number()); }) != 0 && !is_refused_flush(folder))
    throw_errno("flush to disk", path);
}

void write_temporary(const fs::path& temporary, ByteView bytes, const fs::path& path) {
  constexpr int flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
  Descriptor file(retried([&] { return ::open(temporary.c_str(), flags, 0666); }));
  if (file.number() < 0) throw_errno("create", path);
  write_all(file, bytes, path);
  if (!file.close()) throw_errno("write", path);
}

}  // namespace

void publish_durably(const fs::path& temporary, const fs::path& path) {
  flush_to_disk(temporary, false);
  if (retried([&] { return ::rename(temporary.c_str(), path.c_str()); }) != 0)
    throw_errno("rename a temporary file to this name", path);
  flush_to_disk(path.has_parent_path() ? path.parent_path() : fs::path("."), true);
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
