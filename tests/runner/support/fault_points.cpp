// Loaded before the C library (LD_PRELOAD): makes a system call of dpsbench go wrong at a named point, so that the
// program itself holds no code for its tests. DPSBENCH_FAULT says which:
//   before_rename:N    killed before the N-th finished unit gets its name
//   after_rename:N     killed after that, before its folder is flushed
//   torn_write:N       killed when half of the N-th unit's file is written
//   full_disk:N        no space left for the N-th unit's file
//   exit:N             exits with code 9 before the N-th unit gets its name
//   no_locks           the file system offers no locks
//   interrupted        a signal interrupts every other call of flock and fsync, and of what writes a lock's file
//   hang:N:TEXT        the N-th renaming of a file to a path that contains TEXT never returns
//   killed:N:TEXT      killed before the N-th renaming of a file to a path that contains TEXT
//   unreadable:N:TEXT  files whose path contains TEXT can be opened N times and then no more
// With DPSBENCH_FAULT_RANK=R only in that rank of an MPI job.
#include <dlfcn.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/types.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <string>

namespace {

struct Fault {
  std::string point;
  int count = 0;
  std::string text;
};

Fault read_fault() {
  const char* given = std::getenv("DPSBENCH_FAULT");
  const char* wanted_rank = std::getenv("DPSBENCH_FAULT_RANK");
  const char* rank = std::getenv("OMPI_COMM_WORLD_RANK");
  if (given == nullptr) return {};
  if (wanted_rank != nullptr && (rank == nullptr || std::string(rank) != wanted_rank)) return {};
  const std::string words = given;
  const std::size_t first = words.find(':');
  const std::size_t second = words.find(':', first + 1);
  return {words.substr(0, first), std::atoi(words.c_str() + first + 1),
          second == std::string::npos ? "" : words.substr(second + 1)};
}

const Fault& fault() {
  static const Fault read = read_fault();
  return read;
}

/// Whether this is the N-th time that the fault's point is passed.
bool due(const char* point) {
  static std::atomic<int> times{0};
  return fault().point == point && ++times == fault().count;
}

[[noreturn]] void die() {
  kill(getpid(), SIGKILL);
  std::abort();  // not reached
}

template <typename Function>
Function* next(const char* name) {
  return reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
}

bool is_unit(const std::string& path) { return path.find("/units/") != std::string::npos; }

/// Whether the path of an open file contains this text.
bool is_file_of(int file, const char* text) {
  char path[4096];
  const ssize_t length = readlink(("/proc/self/fd/" + std::to_string(file)).c_str(), path, sizeof path);
  return length > 0 && std::string(path, static_cast<std::size_t>(length)).find(text) != std::string::npos;
}

bool is_unit_file(int file) { return is_file_of(file, "/units/"); }

/// Whether the file may no longer be opened.
bool refused(const char* path) {
  static std::atomic<int> times{0};
  if (fault().point != "unreadable" || std::string(path).find(fault().text) == std::string::npos) return false;
  if (++times <= fault().count) return false;
  errno = EACCES;
  return true;
}

}  // namespace

extern "C" int rename(const char* from, const char* to) {
  static auto* const original = next<int(const char*, const char*)>("rename");
  if (fault().point == "hang" && std::string(to).find(fault().text) != std::string::npos && due("hang"))
    while (true) pause();
  if (fault().point == "killed" && std::string(to).find(fault().text) != std::string::npos && due("killed")) die();
  if (!is_unit(to)) return original(from, to);
  if (due("before_rename")) die();
  if (due("exit")) _exit(9);
  const int result = original(from, to);
  if (due("after_rename")) die();
  return result;
}

extern "C" ssize_t write(int file, const void* bytes, size_t size) {
  static auto* const original = next<ssize_t(int, const void*, size_t)>("write");
  const std::string& point = fault().point;
  if ((point != "torn_write" && point != "full_disk") || !is_unit_file(file)) return original(file, bytes, size);
  if (due("full_disk")) {
    errno = ENOSPC;
    return -1;
  }
  if (!due("torn_write")) return original(file, bytes, size);
  original(file, bytes, size / 2);
  die();
}

/// Whether a signal interrupts this call: every other one.
bool interrupted() {
  static std::atomic<int> times{0};
  if (fault().point != "interrupted" || ++times % 2 == 0) return false;
  errno = EINTR;
  return true;
}

extern "C" int flock(int file, int operation) {
  static auto* const original = next<int(int, int)>("flock");
  if (fault().point == "no_locks") {
    errno = ENOSYS;
    return -1;
  }
  return interrupted() ? -1 : original(file, operation);
}

extern "C" int fsync(int file) {
  static auto* const original = next<int(int)>("fsync");
  return interrupted() ? -1 : original(file);
}

extern "C" int ftruncate(int file, off_t size) {
  static auto* const original = next<int(int, off_t)>("ftruncate");
  return is_file_of(file, "/.lock") && interrupted() ? -1 : original(file, size);
}

extern "C" ssize_t pwrite(int file, const void* bytes, size_t size, off_t at) {
  static auto* const original = next<ssize_t(int, const void*, size_t, off_t)>("pwrite");
  return is_file_of(file, "/.lock") && interrupted() ? -1 : original(file, bytes, size, at);
}

extern "C" FILE* fopen(const char* path, const char* mode) {
  static auto* const original = next<FILE*(const char*, const char*)>("fopen");
  return refused(path) ? nullptr : original(path, mode);
}

extern "C" FILE* fopen64(const char* path, const char* mode) {
  static auto* const original = next<FILE*(const char*, const char*)>("fopen64");
  return refused(path) ? nullptr : original(path, mode);
}
