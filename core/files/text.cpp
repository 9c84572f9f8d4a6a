#include "core/files/text.h"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>

#include "core/error.h"

namespace dpsbench {
namespace {

constexpr std::size_t longest_text = std::size_t{64} << 20;
constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";

/// Length of the UTF-8 character at the start of `bytes`; 0: there is none. Overlong forms, surrogates and numbers
/// above U+10FFFF are none.
std::size_t character_length(std::string_view bytes) {
  const auto byte = [&](std::size_t k) { return static_cast<unsigned char>(bytes[k]); };
  if (byte(0) < 0x80) return 1;
  const std::size_t length = byte(0) >= 0xf0 ? 4 : byte(0) >= 0xe0 ? 3 : 2;
  if (byte(0) < 0xc2 || byte(0) > 0xf4 || bytes.size() < length) return 0;
  for (std::size_t k = 1; k < length; ++k)
    if ((byte(k) & 0xc0U) != 0x80) return 0;
  const bool wrong = (byte(0) == 0xe0 && byte(1) < 0xa0) || (byte(0) == 0xed && byte(1) > 0x9f) ||
                     (byte(0) == 0xf0 && byte(1) < 0x90) || (byte(0) == 0xf4 && byte(1) > 0x8f);
  return wrong ? 0 : length;
}

/// Where the first byte lies that belongs to no character; the text's size if all do.
std::size_t first_stray(std::string_view bytes) {
  std::size_t at = 0;
  while (at < bytes.size()) {
    const std::size_t length = character_length(bytes.substr(at));
    if (length == 0) break;
    at += length;
  }
  return at;
}

bool is_regular(const std::filesystem::path& file) {
  struct stat status {};
  if (::stat(file.c_str(), &status) != 0)
    throw UserError("{} cannot be read: {}", shown(file.string()), std::strerror(errno));
  return S_ISREG(status.st_mode);
}

}  // namespace

bool is_utf8(std::string_view bytes) { return first_stray(bytes) == bytes.size(); }

std::string shown(std::string_view bytes) {
  std::string text;
  while (!bytes.empty()) {
    const std::size_t length = character_length(bytes);
    const auto first = static_cast<unsigned char>(bytes.front());
    if (length == 0 || first < 0x20 || first == 0x7f)
      text += fmt::format("\\x{:02X}", first);
    else
      text += bytes.substr(0, length);
    bytes.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return text;
}

std::string read_regular_file(const std::filesystem::path& file, std::size_t most) {
  if (!is_regular(file))  // looked at before it is opened: opening a pipe waits for its writer
    throw UserError("{} is no file, but a folder, a pipe or a device: give a file", shown(file.string()));
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> open(std::fopen(file.c_str(), "rb"), std::fclose);
  struct stat status {};
  if (!open || ::fstat(::fileno(open.get()), &status) != 0)
    throw UserError("{} cannot be read: {}", shown(file.string()), std::strerror(errno));
  const auto size = static_cast<std::size_t>(status.st_size);
  if (size > most) throw UserError("{} has {} bytes; allowed: at most {}", shown(file.string()), size, most);
  std::string content(size, '\0');
  content.resize(std::fread(content.data(), 1, size, open.get()));
  if (std::ferror(open.get()) != 0)
    throw UserError("{} cannot be read: {}", shown(file.string()), std::strerror(errno));
  return content;
}

std::string read_text(const std::filesystem::path& file) {
  std::string text = read_regular_file(file, longest_text);
  if (text.starts_with("\xff\xfe") || text.starts_with("\xfe\xff"))
    throw UserError("{} is UTF-16: save it as UTF-8", shown(file.string()));
  if (text.starts_with(byte_order_mark)) text.erase(0, byte_order_mark.size());
  const std::size_t stray = first_stray(text);
  if (stray != text.size())
    throw UserError("{}:{}: is not UTF-8 (it holds the byte 0x{:02X}): save the file as UTF-8", shown(file.string()),
                    1 + std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(stray), '\n'),
                    static_cast<unsigned char>(text[stray]));
  return text;
}

}  // namespace dpsbench
