#pragma once
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <filesystem>
#include <utility>

#include "results/files/bytes.h"

namespace dpsbench {

/// An open file, closed at the latest when it goes out of scope.
class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  [[nodiscard]] int number() const { return number_; }
  /// Closes now; a full disk may show only here (NFS, quotas). Linux closes where a signal interrupts it, too.
  bool close() { return ::close(std::exchange(number_, -1)) == 0 || errno == EINTR; }

 private:
  int number_;
};

/// Calls a system call again while a signal interrupts it.
template <typename Call>
auto retried(const Call& call) {
  auto result = call();
  while (result < 0 && errno == EINTR) result = call();
  return result;
}

/// Throws DataError "<path>: cannot <action>: <the system's reason, from errno>".
[[noreturn]] void throw_errno(const char* action, const std::filesystem::path& path);

/// Opens a regular file for reading. Throws DataError naming it; a pipe or a device is refused, not waited for.
Descriptor open_to_read(const std::filesystem::path& path);

/// Up to `size` bytes from where the file stands; fewer only at its end. Throws DataError naming `path`.
std::size_t read_up_to(const Descriptor& file, void* bytes, std::size_t size, const std::filesystem::path& path);

/// Writes all bytes from where the file stands. Throws DataError naming `path` (a full disk).
void write_all(const Descriptor& file, ByteView bytes, const std::filesystem::path& path);

}  // namespace dpsbench
