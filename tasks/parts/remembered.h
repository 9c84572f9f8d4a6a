#pragma once
#include <deque>
#include <memory>
#include <mutex>
#include <string>

namespace dpsbench {

/// What `make` makes, by a key that says all it depends on; the last few of a type are remembered, as every unit of a
/// cell binds the same operator. Any thread may ask; one makes, the others wait.
template <typename T, typename Make>
std::shared_ptr<const T> remembered_by_key(const std::string& key, const Make& make) {
  constexpr std::size_t most = 4;
  static std::mutex mutex;
  static std::deque<std::pair<std::string, std::shared_ptr<const T>>> found;  // the latest first
  const std::scoped_lock lock(mutex);
  for (const auto& [known, value] : found)
    if (known == key) return value;
  std::shared_ptr<const T> made = make();
  found.emplace_front(key, made);
  if (found.size() > most) found.pop_back();
  return made;
}

}  // namespace dpsbench
