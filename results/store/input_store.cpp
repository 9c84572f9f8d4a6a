#include "results/store/input_store.h"

#include <algorithm>
#include <mutex>
#include <set>

#include "results/files/durable_file.h"
#include "results/files/sealed_file.h"
#include "results/store/array_digest.h"

namespace fs = std::filesystem;

namespace dpsbench {
namespace {

constexpr const char* ending = ".h5";
constexpr const char* data_set = "rows";

bool is_digest(const std::string& text) {
  return text.size() == 64 && text.find_first_not_of("0123456789abcdef") == std::string::npos;
}

}  // namespace

struct InputStore::Checked {
  std::mutex mutex;
  std::set<std::string> whole;

  bool has(const std::string& digest) {
    const std::scoped_lock lock(mutex);
    return whole.contains(digest);
  }
  void add(const std::string& digest) {
    const std::scoped_lock lock(mutex);
    whole.insert(digest);
  }
};

InputStore::InputStore(fs::path folder) : folder_(std::move(folder)), checked_(std::make_shared<Checked>()) {}

fs::path InputStore::path(const std::string& digest) const { return folder_ / (digest + ending); }

std::string InputStore::keep(const Tensor& rows) const {
  const std::string digest = array_digest(rows);
  if (holds(digest)) return digest;
  const hdf5::File file = hdf5::File::in_memory();
  file.root().write(data_set, rows, {.deflate = 1});
  make_folder(folder_);
  write_sealed(path(digest), file.image());
  checked_->add(digest);
  return digest;
}

bool InputStore::holds(const std::string& digest) const {
  if (!is_digest(digest)) return false;
  if (checked_->has(digest)) return fs::exists(path(digest));
  try {
    (void)read(digest);
  } catch (const DataError&) {
    return false;
  }
  checked_->add(digest);
  return true;
}

InputStore::Opened InputStore::open(const std::string& digest) const {
  if (!is_digest(digest)) throw LostInput("{}: '{}' is no digest of an array", folder_.string(), digest);
  const fs::path file = path(digest);
  constexpr const char* remedy = "'dpsbench run' puts it there again";
  if (!fs::exists(file)) throw LostInput("{}: is gone, and units need it; {}", file.string(), remedy);
  try {
    hdf5::File opened = hdf5::File::from_image(read_sealed(file), file.string());
    hdf5::Dataset rows = opened.root().dataset(data_set);
    return {std::move(opened), std::move(rows)};
  } catch (const DataError& error) {
    throw LostInput("{}; {}", error.what(), remedy);
  }
}

Tensor InputStore::read(const std::string& digest) const {
  const Opened opened = open(digest);
  Tensor rows = opened.rows.read();
  if (array_digest(rows) != digest)
    throw LostInput("{}: holds another array than its name says; 'dpsbench run' puts it there again",
                    path(digest).string());
  return rows;
}

std::vector<std::string> InputStore::present() const {
  std::vector<std::string> digests;
  if (!fs::exists(folder_)) return digests;
  for (const auto& entry : fs::directory_iterator(folder_))
    if (entry.path().extension() == ending && !entry.path().filename().string().starts_with('.'))
      digests.push_back(entry.path().stem().string());
  std::ranges::sort(digests);
  return digests;
}

}  // namespace dpsbench
