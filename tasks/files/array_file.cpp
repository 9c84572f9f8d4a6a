#include "tasks/files/array_file.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>
#include <filesystem>

#include "core/error.h"
#include "core/files/npy.h"
#include "core/files/text.h"
#include "core/sha256.h"
#include "datasets/image_file.h"
#include "datasets/number_array.h"
#include "datasets/resize.h"
#include "tasks/files/text_array.h"

namespace dpsbench {
namespace {

constexpr std::size_t most_bytes = std::size_t{8} << 30;

Tensor array_of_picture(const std::string& file) {
  return ((with_channels(read_image(file, Fidelity::whole), 1) + 1) / 2)[0].to(at::kDouble);
}

Tensor array_of(const std::string& file, const std::string& dataset) {
  std::string ending = std::filesystem::path(file).extension().string();
  std::ranges::transform(ending, ending.begin(), [](unsigned char c) { return std::tolower(c); });
  if (ending == ".npy") return read_npy(file).to(at::kDouble);
  if (ending == ".h5" || ending == ".hdf5") return read_hdf5_array(file, dataset);
  if (ending == ".png" || ending == ".jpg" || ending == ".jpeg") return array_of_picture(file);
  if (ending == ".txt" || ending == ".csv") return read_text_array(file);
  throw UserError("{}: what its numbers are is told by its name; allowed: .npy, .h5, .hdf5, .png, .jpg, .txt, .csv",
                  file);
}

}  // namespace

std::string digest_of_file(const std::string& path) { return sha256(read_regular_file(path, most_bytes)); }

void require_unchanged(const GivenFile& file) {
  if (!file.digest.empty() && digest_of_file(file.path) != file.digest)
    throw UserError("{}: its content is not the one it had (sha256 {}...): it was changed since", file.path,
                    file.digest.substr(0, 12));
}

Tensor read_array(const GivenFile& file, const std::string& dataset) {
  Tensor array = array_of(file.path, dataset);
  require_unchanged(file);  // after it was read: what is put in its place meanwhile is seen, too
  if (!array.isfinite().all().item<bool>()) throw DataError("{}: holds numbers that are not finite", file.path);
  return array;
}

std::string sizes_text(const Tensor& array) { return fmt::format("{}", fmt::join(array.sizes(), " x ")); }

}  // namespace dpsbench
