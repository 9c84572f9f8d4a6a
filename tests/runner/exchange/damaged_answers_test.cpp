#include <gtest/gtest.h>

#include <fstream>
#include <random>

#include "core/error.h"
#include "core/files/text.h"
#include "runner/exchange/answer_file.h"
#include "tests/runner/support/tiny_experiment.h"

namespace dpsbench {
namespace {

using Reader = AnswerFile (*)(const std::filesystem::path&);

/// A whole file of answers, of which damaged copies are read.
class WholeFile {
 public:
  WholeFile(const std::string& name, Reader reader)
      : folder_(testing_support::new_folder()),
        bytes_(read_regular_file(std::filesystem::path(DPSBENCH_SOURCE_DIR) / "tests/fuzz/seeds" / name, 1 << 20)),
        read_(reader) {}
  ~WholeFile() { std::filesystem::remove_all(folder_); }
  WholeFile(const WholeFile&) = delete;
  WholeFile& operator=(const WholeFile&) = delete;

  [[nodiscard]] const std::string& bytes() const { return bytes_; }
  [[nodiscard]] AnswerFile read(const std::string& bytes) const {
    std::ofstream(folder_ / "answers", std::ios::binary) << bytes;
    return read_(folder_ / "answers");
  }
  /// What the bytes with one bit of the `k`th random place turned say; none where they are refused.
  [[nodiscard]] std::optional<AnswerFile> read_flipped(std::mt19937& random) const {
    std::string flipped = bytes_;
    flipped[random() % flipped.size()] ^= static_cast<char>(1U << random() % 8);
    try {
      return read(flipped);
    } catch (const DataError&) {
      return std::nullopt;
    }
  }

 private:
  std::filesystem::path folder_;
  std::string bytes_;
  Reader read_;
};

constexpr int flips = 600;

TEST(DamagedAnswers, AreRefusedWhereverTheyAreCutOff) {
  for (const auto& [name, reader] : {std::pair<std::string, Reader>{"npy/float", read_npy_answers},
                                     {"npy/bytes", read_npy_answers},
                                     {"torch_answers/tensor", read_torch_answers},
                                     {"torch_answers/dictionary", read_torch_answers},
                                     {"hdf5_answers/answers", read_hdf5_answers}}) {
    const WholeFile file(name, reader);
    const std::size_t stride = reader == read_hdf5_answers ? 3 : 1;  // each of these is tried in a process of its own
    for (std::size_t length = 0; length < file.bytes().size(); length += stride)
      EXPECT_THROW((void)file.read(file.bytes().substr(0, length)), DataError) << name << " of " << length << " bytes";
  }
}

TEST(DamagedAnswers, SayTheSameOrAreRefusedWhereAFormatHasChecksums) {
  for (const auto& [name, reader] : {std::pair<std::string, Reader>{"torch_answers/dictionary", read_torch_answers},
                                     {"hdf5_answers/answers", read_hdf5_answers}}) {
    const WholeFile file(name, reader);
    const AnswerFile whole = file.read(file.bytes());
    EXPECT_EQ(whole.image_ids, (std::vector<std::string>{"a", "b"}));
    std::mt19937 random(7);
    int refused = 0;
    for (int k = 0; k < flips; ++k) {
      const std::optional<AnswerFile> found = file.read_flipped(random);
      refused += found ? 0 : 1;
      if (!found) continue;
      EXPECT_TRUE(at::equal(found->samples, whole.samples)) << name << ", flip " << k;
      EXPECT_EQ(found->digest, whole.digest) << name << ", flip " << k;
      EXPECT_EQ(found->costs, whole.costs) << name << ", flip " << k;
    }
    EXPECT_GT(refused, flips / 10) << name;  // the rest is padding, unused room and dates
  }
}

TEST(DamagedAnswers, ChangeOneNumberOfAnNpyFileAtMost) {
  const WholeFile file("npy/float", read_npy_answers);
  const Tensor whole = file.read(file.bytes()).samples;
  std::mt19937 random(7);
  for (int k = 0; k < flips; ++k) {
    const std::optional<AnswerFile> found = file.read_flipped(random);
    if (!found) continue;
    ASSERT_EQ(found->samples.sizes(), whole.sizes());
    EXPECT_LE((found->samples != whole).sum().item<std::int64_t>(), 1) << "flip " << k;
  }
}

}  // namespace
}  // namespace dpsbench
