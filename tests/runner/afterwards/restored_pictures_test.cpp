#include "runner/afterwards/restored_pictures.h"

#include <gmock/gmock.h>

#include <set>

#include "tests/runner/support/tiny_experiment.h"

namespace dpsbench {
namespace {

Restoration restoration_of(std::size_t samples) {
  const Tensor picture = at::zeros({3, 8, 8});
  return {"dps, denoising", picture, std::vector<Tensor>(samples, picture), std::vector<double>(samples, 1.0)};
}

TEST(RestoredPictures, TakeThePlaceOfThoseOfAnEarlierCallAndOfNothingElse) {
  const std::filesystem::path folder = testing_support::new_folder();
  (void)write_restoration(restoration_of(12), folder);
  for (const char* name : {"sample-0.png", "sample-1.jpg", "my-sample-1.png", "notes.txt"})
    testing_support::write_text(folder / name, "mine");
  (void)write_restoration(restoration_of(1), folder);
  std::set<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) names.insert(entry.path().filename());
  EXPECT_THAT(names, testing::UnorderedElementsAre("sample-1.png", "contact_sheet.png", "sample-0.png", "sample-1.jpg",
                                                   "my-sample-1.png", "notes.txt"));
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace dpsbench
