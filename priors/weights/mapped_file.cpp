#include "priors/weights/mapped_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "core/error.h"
#include "core/sha256.h"

namespace dpsbench {
namespace {

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  [[nodiscard]] int get() const { return fd_; }

 private:
  int fd_;
};

}  // namespace

FileBytes map_file(const std::string& path) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));  // a pipe must not block us
  if (file.get() < 0) throw UserError("cannot open '{}': {}", path, std::strerror(errno));
  struct stat status {};
  if (::fstat(file.get(), &status) != 0) throw UserError("cannot read '{}': {}", path, std::strerror(errno));
  if (!S_ISREG(status.st_mode)) throw UserError("'{}' is not a regular file", path);
  if (status.st_size == 0) throw UserError("'{}' is empty", path);
  const auto size = static_cast<std::size_t>(status.st_size);
  void* address = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_NORESERVE, file.get(), 0);
  if (address == MAP_FAILED) throw Error(fmt::format("cannot map '{}' into memory: {}", path, std::strerror(errno)));
  return {path, at::from_blob(
                    address, {status.st_size}, [size](void* bytes) { ::munmap(bytes, size); },
                    TensorOptions().dtype(at::kByte))};
}

std::string sha256_of(const FileBytes& file) { return sha256(file.bytes.const_data_ptr(), file.bytes.nbytes()); }

std::string sha256_of_file(const std::string& path) { return sha256_of(map_file(path)); }

}  // namespace dpsbench
