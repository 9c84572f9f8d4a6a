#include "results/files/file_stem.h"

#include <cctype>

namespace dpsbench {

std::string file_stem(const std::string& text) {
  std::string stem;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text.compare(at, 4, "σ_y") == 0) {
      stem += "sigma";
      at += 3;
      continue;
    }
    const auto c = static_cast<unsigned char>(text[at]);
    if (std::isalnum(c) != 0 || (c == '.' && !stem.empty()))
      stem += static_cast<char>(std::tolower(c));
    else if (!stem.empty() && stem.back() != '-')
      stem += '-';
  }
  while (!stem.empty() && (stem.back() == '-' || stem.back() == '.')) stem.pop_back();
  return stem;
}

}  // namespace dpsbench
