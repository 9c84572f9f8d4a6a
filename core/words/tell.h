#pragma once
#include <fmt/format.h>

#include <cstdio>
#include <string_view>
#include <utility>

namespace dpsbench {

/// Writes a text as it is and flushes it. What cannot be written (the stream is closed, its disk full, nobody reads it)
/// is lost, and nothing else: no log ends the work that it tells of. ferror() of the stream then says so.
void put_text(std::FILE* stream, std::string_view text) noexcept;

/// Tells a person something on standard error. Control characters other than line ends and tabs, which only names from
/// strangers hold, are made visible (core/words/printable.h).
void tell_text(std::string_view text);
template <typename... Args>
void tell(fmt::format_string<Args...> format, Args&&... args) {
  tell_text(fmt::format(format, std::forward<Args>(args)...));
}

/// Says what a command was asked for, on standard output, in the same way. main() ends with an error where some of it
/// was lost.
void say_text(std::string_view text);
/// Why say() first lost something: an errno; 0: it lost nothing.
int reason_of_lost_output();
template <typename... Args>
void say(fmt::format_string<Args...> format, Args&&... args) {
  say_text(fmt::format(format, std::forward<Args>(args)...));
}

}  // namespace dpsbench
