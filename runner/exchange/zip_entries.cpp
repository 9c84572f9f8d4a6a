#include "runner/exchange/zip_entries.h"

#include <zlib.h>

#include <limits>

#include "core/error.h"
#include "core/files/text.h"

namespace dpsbench {
namespace {

// signatures, and sizes of the parts before names
constexpr std::uint64_t local_header = 0x04034b50, local_size = 30;
constexpr std::uint64_t central_header = 0x02014b50, central_size = 46;
constexpr std::uint64_t end_record = 0x06054b50, end_size = 22;
constexpr std::uint64_t locator_of_large = 0x07064b50, locator_size = 20;
constexpr std::uint64_t end_record_of_large = 0x06064b50;
constexpr std::uint64_t in_extra_field = 0xffffffff;  // a number of 64 bits, which stands there
constexpr std::uint64_t extra_of_large = 0x0001;

/// Numbers of an archive, least significant byte first, never beyond its end.
class Archive {
 public:
  Archive(std::string_view bytes, const std::string& name) : bytes_(bytes), name_(name) {}

  [[nodiscard]] std::string_view part(std::uint64_t at, std::uint64_t size) const {
    if (at > bytes_.size() || size > bytes_.size() - at) fail("it is cut off or damaged");
    return bytes_.substr(at, size);
  }
  template <int bytes>
  [[nodiscard]] std::uint64_t number(std::uint64_t at) const {
    std::uint64_t value = 0;
    const std::string_view text = part(at, bytes);
    for (int k = bytes - 1; k >= 0; --k)
      value = value << 8 | static_cast<unsigned char>(text[static_cast<std::size_t>(k)]);
    return value;
  }
  void require(std::uint64_t at, std::uint64_t signature) const {
    if (number<4>(at) != signature) fail("its table of contents is damaged");
  }
  [[nodiscard]] std::uint64_t size() const { return bytes_.size(); }
  [[noreturn]] void fail(const std::string& reason) const {
    throw DataError("{}: not what torch.save writes: {}", name_, reason);
  }

 private:
  std::string_view bytes_;
  const std::string& name_;
};

std::uint32_t crc_of(std::string_view bytes) {
  constexpr std::size_t most = std::numeric_limits<uInt>::max();  // of one call
  uLong crc = crc32(0, nullptr, 0);
  while (!bytes.empty()) {
    const std::string_view next = bytes.substr(0, most);
    crc = crc32(crc, reinterpret_cast<const Bytef*>(next.data()), static_cast<uInt>(next.size()));
    bytes.remove_prefix(next.size());
  }
  return static_cast<std::uint32_t>(crc);
}

struct Contents {
  std::uint64_t entries = 0;
  std::uint64_t offset = 0;  ///< of the first entry's central header
};

/// From the end record, which is the file's last bytes: torch.save writes no comment behind it.
Contents contents_of(const Archive& archive) {
  if (archive.size() < end_size) archive.fail("it is cut off or no archive");
  const std::uint64_t end = archive.size() - end_size;
  archive.require(end, end_record);
  if (archive.number<2>(end + 10) != 0xffff && archive.number<4>(end + 16) != in_extra_field)
    return {archive.number<2>(end + 10), archive.number<4>(end + 16)};
  if (end < locator_size) archive.fail("it is cut off");
  archive.require(end - locator_size, locator_of_large);
  const std::uint64_t large = archive.number<8>(end - locator_size + 8);
  archive.require(large, end_record_of_large);
  return {archive.number<8>(large + 32), archive.number<8>(large + 48)};
}

struct Entry {
  std::string_view name;
  std::uint64_t size = 0;
  std::uint64_t offset = 0;  ///< of its local header
  std::uint64_t next = 0;    ///< central header behind its own
};

Entry entry_at(const Archive& archive, std::uint64_t at) {
  archive.require(at, central_header);
  const std::uint64_t name_size = archive.number<2>(at + 28);
  const std::uint64_t extra_size = archive.number<2>(at + 30);
  const std::uint64_t extra = at + central_size + name_size;
  Entry entry{archive.part(at + central_size, name_size), archive.number<4>(at + 24), archive.number<4>(at + 42),
              extra + extra_size + archive.number<2>(at + 32)};
  std::uint64_t stored_size = archive.number<4>(at + 20);
  for (std::uint64_t field = extra; field + 4 <= extra + extra_size; field += 4 + archive.number<2>(field + 2)) {
    if (archive.number<2>(field) != extra_of_large) continue;
    std::uint64_t value = field + 4;
    for (std::uint64_t* number : {&entry.size, &stored_size, &entry.offset})
      if (*number == in_extra_field) {
        *number = archive.number<8>(value);
        value += 8;
      }
  }
  if (archive.number<2>(at + 10) != 0 || entry.size != stored_size)
    archive.fail(fmt::format("'{}' is compressed, or its size is damaged", shown(entry.name)));
  return entry;
}

void require_whole(const Archive& archive, const Entry& entry, std::uint64_t crc) {
  archive.require(entry.offset, local_header);
  const std::uint64_t name_size = archive.number<2>(entry.offset + 26);
  const std::uint64_t start = entry.offset + local_size + name_size + archive.number<2>(entry.offset + 28);
  if (archive.part(entry.offset + local_size, name_size) != entry.name)
    archive.fail(fmt::format("'{}' has two names", shown(entry.name)));
  if (crc_of(archive.part(start, entry.size)) != crc)
    archive.fail(fmt::format("'{}' is damaged: its CRC-32 is another", shown(entry.name)));
}

}  // namespace

void require_whole_entries(std::string_view bytes, const std::string& name) {
  const Archive archive(bytes, name);
  const Contents contents = contents_of(archive);
  std::uint64_t at = contents.offset;
  for (std::uint64_t k = 0; k < contents.entries; ++k) {
    const Entry entry = entry_at(archive, at);
    require_whole(archive, entry, archive.number<4>(at + 16));
    at = entry.next;
  }
}

}  // namespace dpsbench
