#include "runner/experiment/beta_table.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <sstream>
#include <vector>

#include "core/error.h"
#include "core/files/npy.h"
#include "core/files/text.h"
#include "core/words/number_text.h"

namespace dpsbench {
namespace {

constexpr const char* betas_allowed = "allowed: above 0 and below 1, the least noisy step's first";

bool is_beta(double number) { return number > 0 && number < 1; }

std::vector<double> betas_of_array(const std::filesystem::path& file) {
  const Tensor array = read_npy(file);
  if (array.dim() != 1 || !at::isFloatingType(array.scalar_type()))
    throw DataError("{}: an array of shape ({}); allowed: floating numbers [N]", file.string(),
                    fmt::join(array.sizes(), ", "));
  const Tensor numbers = array.to(at::kDouble);
  std::vector<double> betas(numbers.const_data_ptr<double>(), numbers.const_data_ptr<double>() + numbers.numel());
  for (std::size_t k = 0; k < betas.size(); ++k)
    if (!is_beta(betas[k])) throw DataError("{}, number {} from 0: {}; {}", file.string(), k, betas[k], betas_allowed);
  return betas;
}

std::vector<double> betas_of_text(const std::filesystem::path& file) {
  std::vector<double> betas;
  std::istringstream lines(read_text(file));
  std::int64_t number = 0;
  for (std::string line; std::getline(lines, line);) {
    ++number;
    line = line.substr(0, line.find('#'));
    std::ranges::replace(line, ',', ' ');
    std::istringstream words(line);
    for (std::string word; words >> word;) {
      const auto beta = real_from_text(word);
      if (!beta || !is_beta(*beta))
        throw DataError("{}, line {}: '{}' is no beta; {}", file.string(), number, shown(word.substr(0, 40)),
                        betas_allowed);
      betas.push_back(*beta);
    }
  }
  return betas;
}

std::vector<double> betas_of_file(const YamlReader& reader, const std::filesystem::path& folder) {
  const std::filesystem::path file = reader.path("betas", folder);
  try {
    return file.extension() == ".npy" ? betas_of_array(file) : betas_of_text(file);
  } catch (const Error& error) {
    reader.fail("betas", error.what());
  }
}

}  // namespace

std::string read_betas(const YamlReader& reader, const std::filesystem::path& folder) {
  const std::vector<std::string> words = reader.words("betas");
  const bool is_list = words.size() > 1 || real_from_text(words.front());
  const std::vector<double> betas =
      is_list ? reader.reals("betas", {0, std::nextafter(1.0, 0.0), true}) : betas_of_file(reader, folder);
  if (betas.size() < 2) reader.fail("betas", fmt::format("{} numbers; a schedule has two or more", betas.size()));
  return fmt::format("{}", fmt::join(betas, " "));
}

}  // namespace dpsbench
