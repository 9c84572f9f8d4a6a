#include "tests/runner/support/program.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>

#include "tests/runner/support/tiny_experiment.h"

namespace dpsbench::testing_support {
namespace {

std::string fresh_file_name() {
  static std::atomic<int> count{0};
  return (std::filesystem::temp_directory_path() /
          ("dpsbench-test-" + std::to_string(getpid()) + "-" + std::to_string(count++)))
      .string();
}

void send_output_to(const std::string& path, int descriptor) {
  const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  if (file < 0 || dup2(file, descriptor) < 0) _exit(126);
  close(file);
}

}  // namespace

Process::Process(const std::vector<std::string>& words)
    : out_(fresh_file_name()), err_(fresh_file_name()), started_(std::chrono::steady_clock::now()) {
  std::vector<char*> pointers;
  for (const std::string& word : words) pointers.push_back(const_cast<char*>(word.c_str()));
  pointers.push_back(nullptr);
  id_ = fork();
  if (id_ < 0) throw std::runtime_error("fork failed");
  if (id_ != 0) return;
  send_output_to(out_, STDOUT_FILENO);
  send_output_to(err_, STDERR_FILENO);
  execvp(pointers[0], pointers.data());
  _exit(127);
}

Process::~Process() {
  if (!ended_) {
    kill(id_, SIGKILL);
    wait();
  }
  std::filesystem::remove(out_);
  std::filesystem::remove(err_);
}

std::vector<pid_t> Process::children() const {
  const std::string id = std::to_string(id_);
  std::ifstream stream("/proc/" + id + "/task/" + id + "/children");
  std::vector<pid_t> found;
  for (pid_t child = 0; stream >> child;) found.push_back(child);
  return found;
}

bool Process::running() {
  if (!ended_ && waitpid(id_, &status_, WNOHANG) == id_) ended_ = true;
  return !ended_;
}

std::string Process::error_so_far() const { return read_text(err_); }

Ended Process::wait() {
  if (!ended_) waitpid(id_, &status_, 0);
  ended_ = true;
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - started_).count();
  const int code = WIFEXITED(status_) ? WEXITSTATUS(status_) : 128 + WTERMSIG(status_);
  return {code, read_text(out_), read_text(err_), seconds};
}

Ended run_program(const std::vector<std::string>& words) { return Process(words).wait(); }

std::vector<std::string> dpsbench_words(const std::vector<std::string>& arguments) {
  std::vector<std::string> words = {std::string(DPSBENCH_BINARY_DIR) + "/dpsbench"};
  words.insert(words.end(), arguments.begin(), arguments.end());
  return words;
}

std::vector<std::string> with_fault(const std::string& fault, const std::vector<std::string>& words) {
  std::vector<std::string> all = {"env", "LD_PRELOAD=" DPSBENCH_BINARY_DIR "/libfault_points.so",
                                  "ASAN_OPTIONS=verify_asan_link_order=0:detect_leaks=0", "DPSBENCH_FAULT=" + fault};
  all.insert(all.end(), words.begin(), words.end());
  return all;
}

std::vector<std::string> under_mpirun(int ranks, const std::vector<std::string>& words) {
  setenv("OMPI_ALLOW_RUN_AS_ROOT", "1", 1);
  setenv("OMPI_ALLOW_RUN_AS_ROOT_CONFIRM", "1", 1);
  std::vector<std::string> all = {"mpirun", "--oversubscribe", "--bind-to", "none", "-n", std::to_string(ranks)};
  all.insert(all.end(), words.begin(), words.end());
  return all;
}

}  // namespace dpsbench::testing_support
