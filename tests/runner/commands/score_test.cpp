// dpsbench score as its CSV is read by others.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "datasets/image_file.h"
#include "tests/runner/support/program.h"
#include "tests/runner/support/tiny_experiment.h"

namespace dpsbench {
namespace {

using namespace testing_support;
using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;

/// Two folders of pictures, r and s.
class ScoredFolders : public testing::Test {
 protected:
  ScoredFolders() : folder_(new_folder()) {
    for (const char* name : {"r", "s"}) std::filesystem::create_directory(folder_ / name);
  }
  ~ScoredFolders() override { std::filesystem::remove_all(folder_); }

  void add(const std::string& file, double level) const { write_png(folder_ / file, at::full({3, 16, 16}, level)); }
  void add_source(const std::string& file, const std::string& picture) const {
    std::filesystem::copy_file(std::filesystem::path(DPSBENCH_SOURCE_DIR) / "tests/datasets/images" / picture,
                               folder_ / file);
  }
  [[nodiscard]] Ended score() const {
    return run_program(
        dpsbench_words({"score", "--reference", (folder_ / "r").string(), "--samples", (folder_ / "s").string()}));
  }

  std::filesystem::path folder_;
};

TEST_F(ScoredFolders, NamesSurviveAReaderOfCsv) {
  for (const char* folder : {"r/", "s/"}) {
    add(folder + std::string("a,b.png"), 0);
    add(folder + std::string("a \"quote\".png"), 0);
  }
  const Ended ended = score();
  EXPECT_EQ(ended.code, 0) << ended.err;
  EXPECT_THAT(ended.out, AllOf(HasSubstr("\"a,b\",80.0"), HasSubstr("\"a \"\"quote\"\"\",80.0")));
}

TEST_F(ScoredFolders, TheReferenceIsTheFileOfTheSameName) {
  add("r/x.png", 0);
  std::filesystem::copy_file(std::filesystem::path(DPSBENCH_SOURCE_DIR) / "tests/datasets/images/baseline.jpg",
                             folder_ / "r/x.jpg");
  add("s/x.png", 0);
  const Ended ended = score();
  EXPECT_EQ(ended.code, 0) << ended.err;
  EXPECT_THAT(ended.out, HasSubstr("x,80.0"));
  EXPECT_THAT(ended.err, AllOf(HasSubstr("1 of 2 references have no sample"), HasSubstr("x.jpg")));
}

TEST_F(ScoredFolders, APictureCannotBeCalledAsALineAboutAllIs) {
  for (const char* name : {"mean.png", "ci95.png"}) {
    add(std::string("r/") + name, 0);
    add(std::string("s/") + name, 0);
    const Ended ended = score();
    EXPECT_EQ(ended.code, 2);
    EXPECT_THAT(ended.err, AllOf(HasSubstr(name), HasSubstr("rename")));
    EXPECT_THAT(ended.out, IsEmpty());
    std::filesystem::remove(folder_ / "r" / name);
    std::filesystem::remove(folder_ / "s" / name);
  }
}

TEST_F(ScoredFolders, TransparentPicturesAreRefusedAndOtherSizesBeforeTheyAreDecoded) {
  add_source("r/x.png", "rgba.png");
  add_source("s/x.png", "rgba.png");
  Ended ended = score();
  EXPECT_EQ(ended.code, 2);
  EXPECT_THAT(ended.err, AllOf(HasSubstr("x.png"), HasSubstr("transparent")));
  std::filesystem::remove(folder_ / "s/x.png");
  write_text(folder_ / "s/x.png", read_text(folder_ / "r/x.png").replace(16, 4, std::string("\0\0\0\x05", 4)));
  ended = score();
  EXPECT_EQ(ended.code, 2);
  EXPECT_THAT(ended.err, HasSubstr("(channels, height, width)"));
}

}  // namespace
}  // namespace dpsbench
