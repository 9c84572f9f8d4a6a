#include "results/store/output_lock.h"

#include <gmock/gmock.h>
#include <sys/wait.h>

#include <csignal>
#include <memory>

#include "core/error.h"
#include "tests/results/synthetic_unit.h"

namespace dpsbench {
namespace {

using ::testing::HasSubstr;
using testing::TemporaryFolder;

/// A child process that holds the lock until it is killed.
pid_t child_with_lock(const std::filesystem::path& folder) {
  int ready[2];
  if (::pipe(ready) != 0) return -1;
  const pid_t child = ::fork();
  if (child == 0) {
    const OutputLock lock(folder, {"slurm 4711"});
    if (::write(ready[1], "x", 1) != 1) ::_exit(1);
    while (true) ::pause();
  }
  char byte = 0;
  EXPECT_EQ(::read(ready[0], &byte, 1), 1);
  ::close(ready[0]);
  ::close(ready[1]);
  return child;
}

TEST(OutputLock, RefusesASecondJobAndNamesTheFirst) {
  const TemporaryFolder folder;
  const pid_t child = child_with_lock(folder.path());

  std::string message;
  try {
    const OutputLock lock(folder.path());
  } catch (const UserError& error) {
    message = error.what();
  }
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);

  EXPECT_THAT(message, HasSubstr(fmt::format("process {} on ", child)));
  EXPECT_THAT(message, HasSubstr("job slurm 4711"));
  EXPECT_THAT(message, HasSubstr(folder.path().string()));
}

TEST(OutputLock, ALockOfAKilledProcessIsTakenOver) {
  const TemporaryFolder folder;
  const pid_t child = child_with_lock(folder.path());
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);

  EXPECT_NO_THROW(OutputLock{folder.path()});
}

TEST(OutputLock, IsFreeAgainAfterItsScope) {
  const TemporaryFolder folder;
  { const OutputLock first(folder.path()); }
  EXPECT_NO_THROW(OutputLock{folder.path()});
}

TEST(OutputLock, TwoFoldersAreTwoLocks) {
  const TemporaryFolder one;
  const TemporaryFolder other;
  const OutputLock first(one.path());
  EXPECT_NO_THROW(OutputLock{other.path()});
}

TEST(OutputLock, AFolderMayHaveAnyName) {
  for (const char* name : {"state-of-the-art", ".lock.1-of-2", "part-1-of-4"}) {
    const TemporaryFolder parent;
    const std::filesystem::path folder = parent.path() / name / "out";
    std::filesystem::create_directories(folder);
    { const OutputLock first(folder); }
    { const OutputTurn turn(folder); }
    EXPECT_NO_THROW(OutputLock{folder}) << name;
    const OutputLock one_part(folder, {}, {1, 2});
    EXPECT_NO_THROW((OutputLock{folder, {}, {2, 2}})) << name;
    EXPECT_THROW((OutputLock{folder, {}, {2, 3}}), OutputBusy) << name;
    EXPECT_THROW(OutputLock{folder}, OutputBusy) << name;
  }
}

TEST(OutputLock, NeedsTheFolder) {
  const TemporaryFolder folder;
  EXPECT_THROW(OutputLock{folder.path() / "absent"}, UserError);
}

}  // namespace
}  // namespace dpsbench
