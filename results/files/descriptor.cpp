#include "results/files/descriptor.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstring>

#include "core/error.h"

namespace dpsbench {

void throw_errno(const char* action, const std::filesystem::path& path) {
  throw DataError("{}: cannot {}: {}", path.string(), action, std::strerror(errno));
}

Descriptor open_to_read(const std::filesystem::path& path) {
  const int number = retried([&] { return ::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC); });
  if (number < 0) throw_errno("open", path);
  struct stat status {};
  const bool regular = ::fstat(number, &status) == 0 && S_ISREG(status.st_mode);
  if (!regular) {
    ::close(number);
    throw DataError("{}: is no regular file", path.string());
  }
  return Descriptor(number);
}

std::size_t read_up_to(const Descriptor& file, void* bytes, std::size_t size, const std::filesystem::path& path) {
  std::size_t done = 0;
  while (done < size) {
    const ssize_t count = retried([&] { return ::read(file.number(), static_cast<char*>(bytes) + done, size - done); });
    if (count < 0) throw_errno("read", path);
    if (count == 0) break;
    done += static_cast<std::size_t>(count);
  }
  return done;
}

void write_all(const Descriptor& file, ByteView bytes, const std::filesystem::path& path) {
  while (!bytes.empty()) {
    const ssize_t written = retried([&] { return ::write(file.number(), bytes.data(), bytes.size()); });
    if (written < 0) throw_errno("write", path);
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
}

}  // namespace dpsbench
