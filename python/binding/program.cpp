#include "runner/program/program.h"

#include "python/binding/bind.h"

namespace dpsbench {
namespace {

/// The command line in this interpreter. The lock is free while it works.
int run_words(std::vector<std::string> words) {
  std::vector<char*> pointers;
  for (std::string& word : words) pointers.push_back(word.data());
  const auto count = static_cast<int>(pointers.size());
  pointers.push_back(nullptr);
  return run_program(count, pointers.data());
}

}  // namespace

void bind_program(py::module_& core) {
  core.def("main", &run_words, py::arg("words"), Unlocked(),
           "Does what the words say, the first being the program's name; returns the exit code. Once a process.");
}

}  // namespace dpsbench
