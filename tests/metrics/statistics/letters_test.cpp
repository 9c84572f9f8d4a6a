#include "metrics/statistics/letters.h"

#include <gtest/gtest.h>

#include "core/error.h"

namespace dpsbench {
namespace {

using Matrix = std::vector<std::vector<bool>>;

Matrix with_pairs(std::size_t count, const std::vector<std::pair<std::size_t, std::size_t>>& pairs) {
  Matrix matrix(count, std::vector<bool>(count, false));
  for (const auto& [i, j] : pairs) matrix[i][j] = matrix[j][i] = true;
  return matrix;
}

bool share_a_letter(const std::string& first, const std::string& second) {
  return first.find_first_of(second) != std::string::npos;
}

TEST(LetterDisplay, OfAChainOverlaps) {
  EXPECT_EQ(letter_display(with_pairs(3, {{0, 2}})), (std::vector<std::string>{"a", "ab", "b"}));
}

TEST(LetterDisplay, OfNoAndOfAllDifferences) {
  EXPECT_EQ(letter_display(with_pairs(3, {})), (std::vector<std::string>{"a", "a", "a"}));
  EXPECT_EQ(letter_display(with_pairs(3, {{0, 1}, {0, 2}, {1, 2}})), (std::vector<std::string>{"a", "b", "c"}));
}

/// Method 0 and methods 6, 7 exclude each other, so each of 1 .. 4 needs a letter with either side: {3, 4} and {1, 2}
/// twice, and one letter more for 2 with 3. There are six largest sets of indistinguishable methods.
TEST(LetterDisplay, HasNoLetterMoreThanNeeded) {
  const Matrix matrix = with_pairs(8, {{0, 6}, {0, 7}, {1, 3}, {1, 4}, {2, 4}});
  std::string letters;
  for (const std::string& word : letter_display(matrix)) letters += word;
  EXPECT_EQ(letters.find_first_not_of("abcde"), std::string::npos) << letters;
  EXPECT_NE(letters.find('e'), std::string::npos) << letters;
}

TEST(LetterDisplay, SharesALetterExactlyBetweenIndistinguishableMethodsInEveryGraphOfFive) {
  for (unsigned graph = 0; graph < 1024; ++graph) {
    Matrix matrix(5, std::vector<bool>(5, false));
    unsigned bit = 0;
    for (std::size_t i = 0; i < 5; ++i)
      for (std::size_t j = i + 1; j < 5; ++j) matrix[i][j] = matrix[j][i] = (graph >> bit++ & 1u) != 0;
    const std::vector<std::string> words = letter_display(matrix);
    for (std::size_t i = 0; i < 5; ++i) {
      ASSERT_FALSE(words[i].empty()) << graph;
      for (std::size_t j = 0; j < 5; ++j)
        ASSERT_EQ(share_a_letter(words[i], words[j]), !matrix[i][j]) << "graph " << graph << ": " << i << ", " << j;
    }
  }
}

TEST(LetterDisplay, RefusesAMatrixThatIsNotSquare) {
  EXPECT_THROW((void)letter_display({{false, true}, {true}}), Error);
}

TEST(CompactLetters, GiveTheBestMethodAnAWhereverItStands) {
  const std::vector<double> best = {1.0, 2.0, 3.0, 4.0, 5.0};
  const std::vector<double> tied = {1.3, 1.8, 3.2, 3.9, 5.1};
  const std::vector<double> worst = {2.5, 3.6, 4.5, 5.4, 6.6};
  EXPECT_EQ(compact_letters({worst, best, tied}), (std::vector<std::string>{"b", "a", "a"}));
}

}  // namespace
}  // namespace dpsbench
