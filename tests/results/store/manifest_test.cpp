#include "results/store/manifest.h"

#include <gmock/gmock.h>

#include <fstream>

#include "core/error.h"
#include "tests/results/synthetic_unit.h"

namespace dpsbench {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::TemporaryFolder;

Manifest plan() {
  Manifest manifest;
  manifest.experiment = "table2";
  manifest.experiment_text = "name: table2\nseed: 0\n";
  manifest.configuration = "digest-1";
  manifest.cells = {{"000-dps", {{"method", "dps"}, {"sigma_y", "0.05"}}}};
  manifest.units = {{"0a", "000-dps", {"00000", "00001"}, {0, 1}}};
  manifest.runs = {{{"host", "node1"}, {"git_revision", "abc"}}};
  return manifest;
}

std::string refusal(const std::filesystem::path& folder, const Manifest& manifest) {
  try {
    open_output(folder, manifest);
  } catch (const UserError& error) {
    return error.what();
  }
  return "";
}

TEST(Manifest, IsReadBackAsItWasWritten) {
  const TemporaryFolder folder;
  open_output(folder.path() / "new" / "output", plan());

  const Manifest read = read_manifest(folder.path() / "new" / "output");

  EXPECT_EQ(read.experiment, "table2");
  EXPECT_EQ(read.experiment_text, plan().experiment_text);
  EXPECT_EQ(read.cells[0].attributes, plan().cells[0].attributes);
  EXPECT_EQ(read.units[0].image_ids, plan().units[0].image_ids);
  EXPECT_EQ(read.units[0].positions, plan().units[0].positions);
  EXPECT_EQ(read.runs, plan().runs);
}

TEST(Manifest, AResumedOutputKeepsTheProvenanceOfEveryRun) {
  const TemporaryFolder folder;
  open_output(folder.path(), plan());
  Manifest again = plan();
  again.runs[0]["host"] = "node2";

  const Manifest resumed = open_output(folder.path(), again).manifest;

  ASSERT_EQ(resumed.runs.size(), 2U);
  EXPECT_EQ(resumed.runs[0].at("host"), "node1");
  EXPECT_EQ(read_manifest(folder.path()).runs[1].at("host"), "node2");
}

TEST(Manifest, RefusesAnotherConfigurationAndSaysWhatDiffers) {
  const TemporaryFolder folder;
  open_output(folder.path(), plan());
  Manifest other = plan();
  other.configuration = "digest-2";
  other.cells[0].attributes["sigma_y"] = "0.1";
  other.cells[0].attributes["scale"] = "1";

  const std::string message = refusal(folder.path(), other);

  EXPECT_THAT(message, HasSubstr(folder.path().string()));
  EXPECT_THAT(message, HasSubstr("cell 000-dps: sigma_y was 0.05, now 0.1"));
  EXPECT_THAT(message, HasSubstr("cell 000-dps: scale was absent, now 1"));
  EXPECT_THAT(message, HasSubstr("another --output folder"));
  EXPECT_EQ(read_manifest(folder.path()).runs.size(), 1U);
}

TEST(Manifest, FindsDifferencesOfImagesTextsAndDigests) {
  Manifest images = plan();
  images.units[0].image_ids[1] = "00007";
  EXPECT_THAT(differences(plan(), images), ElementsAre("the images of block 0 were 00000 00001, now 00000 00007"));
  Manifest text = plan();
  text.experiment_text = "name: table2\nseed: 1\n";
  EXPECT_THAT(differences(plan(), text), ElementsAre("the experiment file said 'seed: 0', now 'seed: 1'"));
  Manifest digest = plan();
  digest.configuration = "digest-2";
  EXPECT_THAT(differences(plan(), digest), ElementsAre(HasSubstr("weights, images or this program's numerics")));
  EXPECT_THAT(differences(plan(), plan()), ElementsAre());
}

TEST(Manifest, TellsOnlyTheFirstDifferences) {
  const TemporaryFolder folder;
  open_output(folder.path(), plan());
  Manifest other = plan();
  other.configuration = "digest-2";
  for (int i = 0; i < 20; ++i) other.cells[0].attributes.emplace(fmt::format("option{}", i), "on");

  EXPECT_THAT(refusal(folder.path(), other), HasSubstr("... 16 more"));
}

TEST(Manifest, NamesADamagedFile) {
  const TemporaryFolder folder;
  std::ofstream(manifest_path(folder.path())) << "{\"experiment\": \"table2\"";

  EXPECT_THROW((void)find_manifest(folder.path()), DataError);
  EXPECT_THROW((void)read_manifest(folder.path() / "nowhere"), UserError);
}

}  // namespace
}  // namespace dpsbench
