#pragma once
#include <sys/types.h>

#include <chrono>
#include <string>
#include <vector>

namespace dpsbench::testing_support {

/// How a program ended and what it said.
struct Ended {
  int code;  ///< exit code; 128 + signal if a signal ended it
  std::string out;
  std::string err;
  double seconds;
};

/// A program under way, its output going to files.
class Process {
 public:
  explicit Process(const std::vector<std::string>& words);
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  [[nodiscard]] pid_t id() const { return id_; }
  /// The processes it started itself.
  [[nodiscard]] std::vector<pid_t> children() const;
  [[nodiscard]] bool running();
  /// What it has written to stderr.
  [[nodiscard]] std::string error_so_far() const;
  Ended wait();

 private:
  pid_t id_;
  std::string out_;
  std::string err_;
  std::chrono::steady_clock::time_point started_;
  int status_ = -1;
  bool ended_ = false;
};

Ended run_program(const std::vector<std::string>& words);

/// dpsbench of this build with these arguments.
std::vector<std::string> dpsbench_words(const std::vector<std::string>& arguments);

/// The same under mpirun with so many ranks, more than cores if need be.
std::vector<std::string> under_mpirun(int ranks, const std::vector<std::string>& words);

/// The same with a fault (fault_points.cpp).
std::vector<std::string> with_fault(const std::string& fault, const std::vector<std::string>& words);

}  // namespace dpsbench::testing_support
