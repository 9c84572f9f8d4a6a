#include "core/words/printable.h"

#include <fmt/format.h>

namespace dpsbench {
namespace {

/// How many bytes at `at` make one control character; 0: none begins there.
std::size_t control_length(std::string_view text, std::size_t at) {
  const auto byte = static_cast<unsigned char>(text[at]);
  if (byte < 0x20 || byte == 0x7f) return 1;
  const bool c1 = byte == 0xc2 && at + 1 < text.size() && static_cast<unsigned char>(text[at + 1]) < 0xa0 &&
                  static_cast<unsigned char>(text[at + 1]) >= 0x80;
  return c1 ? 2 : 0;
}

}  // namespace

std::string printable(std::string_view text, std::string_view kept, std::string_view blanks) {
  std::string result;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = control_length(text, at);
    const bool keeps = length == 0 || kept.find(text[at]) != std::string_view::npos;
    result += keeps ? text[at] : blanks.find(text[at]) != std::string_view::npos ? ' ' : '?';
    at += keeps ? 1 : length;
  }
  return result;
}

std::string first_control_character(std::string_view text) {
  for (std::size_t at = 0; at < text.size(); ++at)
    if (const std::size_t length = control_length(text, at); length > 0)
      return fmt::format("U+{:04X}", static_cast<unsigned>(static_cast<unsigned char>(text[at + length - 1])));
  return "";
}

}  // namespace dpsbench
