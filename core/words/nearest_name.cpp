#include "core/words/nearest_name.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

namespace dpsbench {

std::string letters_of(const std::string& name) {
  std::string letters;
  for (const char c : name)
    if (std::isalnum(static_cast<unsigned char>(c)) != 0)
      letters += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return letters;
}

namespace {

/// Levenshtein's: letters put in, left out or exchanged.
std::size_t distance(const std::string& word, const std::string& other) {
  std::vector<std::size_t> row(other.size() + 1);
  for (std::size_t j = 0; j < row.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= word.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j < row.size(); ++j) {
      const std::size_t substituted = diagonal + (word[i - 1] == other[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({substituted, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row.back();
}

/// Of the same letters, or that begin with them; empty: none.
std::string of_the_family(const std::string& word, const std::vector<std::string>& names) {
  constexpr std::size_t enough = 3;
  const std::string letters = letters_of(word);
  std::string best;
  for (const std::string& name : names)
    if (const std::string others = letters_of(name); !letters.empty() && others.starts_with(letters))
      if (others == letters || letters.size() >= enough)
        if (best.empty() || others.size() < letters_of(best).size()) best = name;
  return best;
}

}  // namespace

std::string nearest_name(const std::string& word, const std::vector<std::string>& names) {
  std::string best = of_the_family(word, names);
  if (!best.empty()) return best;
  std::size_t least = std::max<std::size_t>(2, word.size() / 3) + 1;
  for (const std::string& name : names)
    if (const std::size_t d = distance(word, name); d < least) {
      least = d;
      best = name;
    }
  return best;
}

std::string did_you_mean(const std::string& word, const std::vector<std::string>& names) {
  const std::string near = nearest_name(word, names);
  return near.empty() ? "" : fmt::format(" (did you mean '{}'?)", near);
}

}  // namespace dpsbench
