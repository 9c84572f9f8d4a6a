#include "results/files/temporary_file.h"

#include <fmt/format.h>
#include <sys/random.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <csignal>

namespace fs = std::filesystem;

namespace dpsbench {
namespace {

constexpr std::string_view temporary_suffix = ".tmp";
constexpr auto age_of_leftovers = std::chrono::hours(24);

std::string this_host() {
  std::array<char, 256> host{};
  ::gethostname(host.data(), host.size() - 1);
  return host.data();
}

std::uint64_t unguessable_number() {
  std::uint64_t number = 0;
  if (::getrandom(&number, sizeof number, 0) != sizeof number)
    number = static_cast<std::uint64_t>(std::chrono::steady_clock::now().time_since_epoch().count());
  return number;
}

/// Takes the last part of a dotted name off.
std::string_view take_last_part(std::string_view& name) {
  const std::size_t dot = name.rfind('.');
  if (dot == std::string_view::npos) return {};
  const std::string_view part = name.substr(dot + 1);
  name.remove_suffix(part.size() + 1);
  return part;
}

/// Whether the name is that of a temporary file of a process of this host that is gone, or of this one.
bool is_of_gone_process(std::string_view name) {
  name.remove_suffix(temporary_suffix.size());
  take_last_part(name);  // the number
  const std::string_view digits = take_last_part(name);
  pid_t process = 0;
  const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), process);
  if (digits.empty() || read.ptr != digits.data() + digits.size() || !name.ends_with("." + this_host())) return false;
  return process == ::getpid() || (::kill(process, 0) != 0 && errno == ESRCH);
}

}  // namespace

fs::path temporary_name(const fs::path& path) {
  const fs::path folder = path.has_parent_path() ? path.parent_path() : fs::path(".");
  return folder / fmt::format(".{}.{}.{}.{:016x}{}", path.filename().string(), this_host(), ::getpid(),
                              unguessable_number(), temporary_suffix);
}

void sweep_temporary_files(const fs::path& folder) {
  std::error_code ignored;  // a folder that is not there holds no leftovers
  const auto now = fs::file_time_type::clock::now();
  for (const auto& entry : fs::directory_iterator(folder, ignored)) {
    const std::string name = entry.path().filename().string();
    if (!name.starts_with('.') || !name.ends_with(temporary_suffix)) continue;
    const auto written = entry.last_write_time(ignored);
    if (is_of_gone_process(name) || (!ignored && now - written > age_of_leftovers)) fs::remove(entry.path(), ignored);
  }
}

}  // namespace dpsbench
