#include "results/files/temporary_file.h"

#include <gmock/gmock.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>

#include "core/error.h"
#include "results/files/durable_file.h"
#include "results/hdf5/file.h"
#include "tests/message_of.h"
#include "tests/results/synthetic_unit.h"

namespace dpsbench {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using testing::TemporaryFolder;

/// The temporary name that another process of this host gives.
fs::path name_by_process(const fs::path& path, pid_t process) {
  std::string name = temporary_name(path).string();
  const std::string own = fmt::format(".{}.", ::getpid());
  return name.replace(name.rfind(own), own.size(), fmt::format(".{}.", process));
}

pid_t process_that_is_gone() {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(0);
  ::waitpid(child, nullptr, 0);
  return child;
}

TEST(TemporaryFile, HasAnotherNameEachTime) {
  EXPECT_NE(temporary_name("a/b.h5"), temporary_name("a/b.h5"));
  EXPECT_EQ(temporary_name("a/b.h5").parent_path(), "a");
}

TEST(TemporaryFile, IsSweptAwayWhenNoLiveProcessMayWriteIt) {
  const TemporaryFolder folder;
  const fs::path of_live = name_by_process(folder.path() / "a.h5", ::getppid());
  const fs::path of_gone = name_by_process(folder.path() / "a.h5", process_that_is_gone());
  const fs::path elsewhere = folder.path() / ".a.h5.elsewhere.17.0123456789abcdef.tmp";
  const fs::path old_elsewhere = folder.path() / ".b.h5.elsewhere.17.0123456789abcdef.tmp";
  const fs::path of_user = folder.path() / "notes.tmp";
  for (const fs::path& file : {of_live, of_gone, elsewhere, old_elsewhere, of_user}) std::ofstream(file) << "text";
  fs::last_write_time(old_elsewhere, fs::file_time_type::clock::now() - std::chrono::hours(25));

  sweep_temporary_files(folder.path());

  EXPECT_TRUE(fs::exists(of_live));
  EXPECT_FALSE(fs::exists(of_gone));
  EXPECT_TRUE(fs::exists(elsewhere));
  EXPECT_FALSE(fs::exists(old_elsewhere));
  EXPECT_TRUE(fs::exists(of_user));
}

TEST(TemporaryFile, NewHdf5FilesAreNotWrittenThroughLinks) {
  const TemporaryFolder folder;
  std::ofstream(folder.path() / "other") << "somebody's text";
  fs::create_symlink(folder.path() / "other", folder.path() / "a.h5");
  EXPECT_THAT(message_of<DataError>([&] { (void)hdf5::File::create(folder.path() / "a.h5"); }), HasSubstr("a.h5"));
  EXPECT_EQ(read_bytes(folder.path() / "other").size(), 15U);
}

TEST(ReadBytes, DoesNotWaitForAPipe) {
  const TemporaryFolder folder;
  const fs::path pipe = folder.path() / "pipe";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  EXPECT_THAT(message_of<DataError>([&] { (void)read_bytes(pipe); }), HasSubstr("pipe: is no regular file"));
}

}  // namespace
}  // namespace dpsbench
