#include "core/sha256.h"

#include <gtest/gtest.h>

#include "core/error.h"
#include "priors/weights/mapped_file.h"

namespace dpsbench {
namespace {

TEST(Sha256, AgreesWithTheStandardsExamples) {
  EXPECT_EQ(sha256("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");  // FIPS 180-2, B.1
  EXPECT_EQ(sha256(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST(Sha256, ReadsAMappedFile) {
  const std::string file = DPSBENCH_GOLDEN "/lpips_vgg_heads.safetensors";
  EXPECT_EQ(sha256_of_file(file), "ddfd8f3f3b9c362e2cbb02d76c2c26e9845200eaec7046682ba568ab75dd7838");
  EXPECT_THROW(sha256_of_file(file + ".none"), UserError);
}

}  // namespace
}  // namespace dpsbench
