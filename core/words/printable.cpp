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

/// Length of the UTF-8 sequence that a byte begins; 0: none does.
std::size_t sequence_length(unsigned char first) {
  if (first < 0x80) return 1;
  if (first >= 0xc2 && first < 0xe0) return 2;
  if (first >= 0xe0 && first < 0xf0) return 3;
  return first >= 0xf0 && first < 0xf5 ? 4 : 0;
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

bool is_utf8(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const auto first = static_cast<unsigned char>(text[at]);
    const std::size_t length = sequence_length(first);
    if (length == 0 || at + length > text.size()) return false;
    for (std::size_t k = 1; k < length; ++k)
      if ((static_cast<unsigned char>(text[at + k]) & 0xc0) != 0x80) return false;
    const auto second = length > 1 ? static_cast<unsigned char>(text[at + 1]) : 0;
    if ((first == 0xe0 && second < 0xa0) || (first == 0xed && second > 0x9f) || (first == 0xf0 && second < 0x90) ||
        (first == 0xf4 && second > 0x8f))
      return false;
    at += length;
  }
  return true;
}

}  // namespace dpsbench
