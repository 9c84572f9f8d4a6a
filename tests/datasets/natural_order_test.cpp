#include "datasets/natural_order.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace dpsbench {
namespace {

TEST(NaturalOrder, SortsAsAPersonCounts) {
  const std::vector<std::string> sorted = {"",
                                           "1",
                                           "2",
                                           "02",
                                           "10",
                                           "a",
                                           "cat-1",
                                           "cat-2",
                                           "cat-10",
                                           "cat-10b",
                                           "cat-11",
                                           "dog1x20",
                                           "dog2x3",
                                           "dog2x12",
                                           "dog99999999999999999999999",
                                           "dog100000000000000000000000"};
  std::vector<std::string> names = sorted;
  std::reverse(names.begin(), names.end());
  std::sort(names.begin(), names.end(), natural_less);
  std::vector<std::string> expected = sorted;
  std::swap(expected[2], expected[3]);  // equal numbers: as text, "02" before "2"
  EXPECT_EQ(names, expected);
}

TEST(NaturalOrder, IsAStrictOrder) {
  const std::vector<std::string> names = {"", "0", "00", "a", "a0", "a00", "a1", "a01", "a1b", "b", "1a", "01a", "1"};
  for (const std::string& a : names)
    for (const std::string& b : names) {
      EXPECT_EQ(natural_less(a, b) + natural_less(b, a), a == b ? 0 : 1) << a << " " << b;
      for (const std::string& c : names)
        EXPECT_TRUE(!(natural_less(a, b) && natural_less(b, c)) || natural_less(a, c)) << a << " " << b << " " << c;
    }
}

}  // namespace
}  // namespace dpsbench
