// Bold and underlined only where a terminal takes it and nobody refuses it.
#include "core/words/colour.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <unistd.h>

namespace dpsbench {
namespace {

/// A stream that is a terminal.
std::FILE* open_terminal() {
  const int master = posix_openpt(O_RDWR | O_NOCTTY);
  if (master < 0 || grantpt(master) != 0 || unlockpt(master) != 0) return nullptr;
  return std::fopen(ptsname(master), "w");
}

TEST(Colour, IsForTerminalsUnlessNoColorIsSet) {
  std::FILE* const terminal = open_terminal();
  ASSERT_NE(terminal, nullptr);
  setenv("TERM", "xterm", 1);
  unsetenv("NO_COLOR");
  EXPECT_TRUE(takes_colour(terminal));
  setenv("NO_COLOR", "", 1);  // empty is not set, says no-color.org
  EXPECT_TRUE(takes_colour(terminal));
  setenv("NO_COLOR", "1", 1);
  EXPECT_FALSE(takes_colour(terminal));
  unsetenv("NO_COLOR");
  setenv("TERM", "dumb", 1);
  EXPECT_FALSE(takes_colour(terminal));
  setenv("TERM", "xterm", 1);
  std::FILE* const file = std::tmpfile();
  EXPECT_FALSE(takes_colour(file));
  std::fclose(file);
  std::fclose(terminal);
}

}  // namespace
}  // namespace dpsbench
