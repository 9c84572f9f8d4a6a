#pragma once
#include <fmt/format.h>

#include <stdexcept>
#include <string>
#include <utility>

namespace dpsbench {

/// Base of every error dpsbench raises itself. what() is a whole sentence for a person.
class Error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// The user asked for something that cannot be: found before any work starts, ends the program with exit code 2.
class UserError : public Error {
 public:
  using Error::Error;
  template <typename... Args>
  explicit UserError(fmt::format_string<Args...> format, Args&&... args)
      : Error(fmt::format(format, std::forward<Args>(args)...)) {}
};

/// A file's content is not what it should be (truncated, corrupt, wrong shape). Names the file.
class DataError : public Error {
 public:
  using Error::Error;
  template <typename... Args>
  explicit DataError(fmt::format_string<Args...> format, Args&&... args)
      : Error(fmt::format(format, std::forward<Args>(args)...)) {}
};

/// A computation left the finite numbers, or did not settle: fails its images, the others go on.
class NumericError : public Error {
 public:
  using Error::Error;
  template <typename... Args>
  explicit NumericError(fmt::format_string<Args...> format, Args&&... args)
      : Error(fmt::format(format, std::forward<Args>(args)...)) {}
};

/// A person's own method or task did not do what it must: fails its images, other parts go on.
class PartError : public Error {
 public:
  using Error::Error;
  template <typename... Args>
  explicit PartError(fmt::format_string<Args...> format, Args&&... args)
      : Error(fmt::format(format, std::forward<Args>(args)...)) {}
};

}  // namespace dpsbench
