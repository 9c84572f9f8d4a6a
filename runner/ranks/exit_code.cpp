#include "runner/ranks/exit_code.h"

#include <filesystem>
#include <new>

#include "core/error.h"

namespace dpsbench {

int exit_code_of(const std::exception& error) {
  const bool of_user =
      dynamic_cast<const UserError*>(&error) != nullptr || dynamic_cast<const DataError*>(&error) != nullptr;
  return of_user ? exit_code::bad_usage : exit_code::internal_error;
}

std::string sentence_of(const std::exception& error) {
  if (const auto* of_files = dynamic_cast<const std::filesystem::filesystem_error*>(&error))
    return fmt::format("{}: {}", of_files->path1().string(), of_files->code().message());
  if (dynamic_cast<const std::bad_alloc*>(&error) != nullptr) return "out of memory";
  return error.what();
}

}  // namespace dpsbench
