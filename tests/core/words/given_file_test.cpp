#include "core/words/given_file.h"

#include <gtest/gtest.h>

namespace dpsbench {
namespace {

const std::string some_digest(64, 'a');

TEST(GivenFiles, GoIntoAWordAndOutOfIt) {
  const std::string word = to_word({"/data/a mask.png", some_digest});
  EXPECT_EQ(word, "/data/a mask.png#sha256=" + some_digest);
  EXPECT_EQ(given_file(word).path, "/data/a mask.png");
  EXPECT_EQ(given_file(word).digest, some_digest);
  EXPECT_EQ(to_word({"mask.png", ""}), "mask.png");
}

TEST(GivenFiles, HaveNoDigestUnlessItIsOne) {
  for (const std::string& path : {std::string("m.png"), "m#sha256=" + some_digest.substr(1),
                                  "m#sha256=" + std::string(64, 'X'), "#sha256=" + some_digest, std::string()}) {
    EXPECT_EQ(given_file(path).path, path);
    EXPECT_EQ(given_file(path).digest, "");
  }
}

TEST(GivenFiles, AreKnownByTheirContentAndCalledByTheirName) {
  EXPECT_EQ(content_of({"/one/mask.png", some_digest}), content_of({"/other/name.png", some_digest}));
  EXPECT_NE(content_of({"mask.png", some_digest}), content_of({"mask.png", std::string(64, 'b')}));
  EXPECT_EQ(file_name({"/one/mask.png", some_digest}), "mask.png");
  EXPECT_EQ(file_name({"mask.png", ""}), "mask.png");
  EXPECT_TRUE(holds_file("mask_file"));
  EXPECT_FALSE(holds_file("mask_fraction"));
}

}  // namespace
}  // namespace dpsbench
