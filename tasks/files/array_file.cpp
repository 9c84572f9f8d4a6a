#include "tasks/files/array_file.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <sstream>

#include "core/error.h"
#include "core/files/npy.h"
#include "core/files/text.h"
#include "core/sha256.h"
#include "core/words/number_text.h"
#include "datasets/image_file.h"
#include "datasets/number_array.h"
#include "datasets/resize.h"

namespace dpsbench {
namespace {

constexpr std::size_t most_bytes = std::size_t{8} << 30;

Tensor array_of_text(const std::string& file) {
  std::vector<double> numbers;
  std::int64_t rows = 0;
  std::int64_t columns = 0;
  std::istringstream lines(read_text(file));
  std::int64_t line_number = 0;
  for (std::string line; std::getline(lines, line);) {
    ++line_number;
    line = line.substr(0, line.find('#'));
    std::ranges::replace(line, ',', ' ');
    std::istringstream words(line);
    std::int64_t found = 0;
    for (std::string word; words >> word; ++found) {
      const auto number = real_from_text(word);
      if (!number) throw DataError("{}, line {}: '{}' is no number", file, line_number, shown(word.substr(0, 40)));
      numbers.push_back(*number);
    }
    if (found == 0) continue;
    if (rows++ > 0 && found != columns)
      throw DataError("{}, line {}: {} numbers, but {} in the rows before", file, line_number, found, columns);
    columns = found;
  }
  if (rows == 0) throw DataError("{}: holds no numbers", file);
  return at::tensor(numbers, at::kDouble).reshape({rows, columns});
}

Tensor array_of_picture(const std::string& file) {
  return ((with_channels(read_image(file, Fidelity::whole), 1) + 1) / 2)[0].to(at::kDouble);
}

Tensor array_of(const std::string& file, const std::string& dataset) {
  std::string ending = std::filesystem::path(file).extension().string();
  std::ranges::transform(ending, ending.begin(), [](unsigned char c) { return std::tolower(c); });
  if (ending == ".npy") return read_npy(file).to(at::kDouble);
  if (ending == ".h5" || ending == ".hdf5") return read_hdf5_array(file, dataset);
  if (ending == ".png" || ending == ".jpg" || ending == ".jpeg") return array_of_picture(file);
  if (ending == ".txt" || ending == ".csv") return array_of_text(file);
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
