#include "core/words/tell.h"

#include <atomic>
#include <cerrno>

#include "core/words/printable.h"

namespace dpsbench {
namespace {

std::atomic<int> first_failure{0};

}  // namespace

void put_text(std::FILE* stream, std::string_view text) noexcept {
  static_cast<void>(std::fwrite(text.data(), 1, text.size(), stream));
  static_cast<void>(std::fflush(stream));
}

void tell_text(std::string_view text) { put_text(stderr, printable(text, "\n\t")); }

void say_text(std::string_view text) {
  const std::string shown = printable(text, "\n\t");
  int none = 0;
  if (std::fwrite(shown.data(), 1, shown.size(), stdout) < shown.size())
    first_failure.compare_exchange_strong(none, errno);
}

int reason_of_lost_output() { return first_failure; }

}  // namespace dpsbench
