#include "results/store/manifest.h"

#include <gmock/gmock.h>

#include <fstream>

#include "core/error.h"
#include "results/store/growth.h"
#include "results/store/unit_store.h"
#include "results/store/verify.h"
#include "tests/message_of.h"
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
  other.cells[0].attributes["method.scale"] = "1";

  const std::string message = refusal(folder.path(), other);

  EXPECT_THAT(message, HasSubstr(folder.path().string()));
  EXPECT_THAT(message, HasSubstr("sigma_y was 0.05, now 0.1"));
  EXPECT_THAT(message, HasSubstr("methods: dps: scale was absent, now 1"));
  EXPECT_THAT(message, HasSubstr("another --output folder"));
  EXPECT_EQ(read_manifest(folder.path()).runs.size(), 1U);
}

TEST(Manifest, TellsOnlyTheFirstDifferences) {
  const TemporaryFolder folder;
  open_output(folder.path(), plan());
  Manifest other = plan();
  other.configuration = "digest-2";
  for (int i = 0; i < 20; ++i) other.cells[0].attributes.emplace(fmt::format("method.option{}", i), "on");

  EXPECT_THAT(refusal(folder.path(), other), HasSubstr("... 16 more"));
}

TEST(Growth, FindsChangesOfImagesTextsAndDigests) {
  Manifest images = plan();
  images.units[0].image_ids[1] = "00007";
  EXPECT_THAT(growth_of(plan(), images).changes, ElementsAre(HasSubstr("image 1 of the list was 00001, now 00007")));
  Manifest text = plan();
  text.experiment_text = "name: table2\nresize: true\n";
  text.units[0].id = "0b";
  EXPECT_THAT(growth_of(plan(), text).changes, ElementsAre("resize was absent, now true"));
  Manifest digest = plan();
  digest.units[0].id = "0b";
  EXPECT_THAT(growth_of(plan(), digest).changes, ElementsAre(HasSubstr("this program's numerics")));
  digest.runs[0]["weights_sha256"] = "2";
  Manifest weights = plan();
  weights.runs[0]["weights_sha256"] = "1";
  EXPECT_THAT(growth_of(weights, digest).changes, ElementsAre("the SHA-256 of the prior's weights was 1, now 2"));
}

TEST(Growth, DoesTheCellsOfARevisedMethodAnewAndNoOthers) {
  Manifest before = plan();
  Manifest now = before;
  now.cells[0].attributes["method_revision"] = "1";
  for (PlannedUnit& unit : now.units)
    if (unit.cell == now.cells[0].id) unit.id += "-anew";
  const Growth growth = growth_of(before, now);
  EXPECT_THAT(growth.changes, ElementsAre());
  EXPECT_THAT(growth.remarks, ElementsAre(HasSubstr("1 cell done anew, whose method gives other samples")));
  now.cells[0].attributes["method.steps"] = "7";
  EXPECT_THAT(growth_of(before, now).changes, ElementsAre(HasSubstr("steps was")));
}

TEST(Growth, OfUnitsThatDifferOnlyInSamplesOrMetricsIsNoChange) {
  Manifest before = plan();
  before.units[0].base = "base";
  Manifest now = before;
  now.units[0].id = "0b";
  const Growth growth = growth_of(before, now);
  EXPECT_THAT(growth.changes, ElementsAre());
  ASSERT_EQ(growth.earlier.size(), 1U);
  EXPECT_EQ(growth.earlier[0].id, "0a");
  EXPECT_EQ(growth.earlier[0].base, "base");
}

TEST(Growth, KeepsWhatIsNotAskedForUntilItIsAgain) {
  const TemporaryFolder folder;
  Manifest two = plan();
  two.cells.push_back({"001-daps", {{"method", "daps"}, {"sigma_y", "0.05"}}});
  two.units.push_back({"0b", "001-daps", {"00000", "00001"}, {0, 1}});
  two.configuration = "digest-2";
  open_output(folder.path(), two);
  UnitRecord unit = testing::synthetic_unit("0b", "001-daps", 0, 2, 0);
  UnitStore(folder.path()).write(unit);

  const OpenedOutput one = open_output(folder.path(), plan());
  EXPECT_THAT(one.grown, ElementsAre(HasSubstr("1 cell not asked for any more: 001-daps")));
  EXPECT_EQ(read_manifest(folder.path()).earlier.size(), 1U);
  EXPECT_EQ(verify(folder.path()).units_earlier, 1);
  EXPECT_THAT(open_output(folder.path(), two).grown, ElementsAre(HasSubstr("1 cell new: 001-daps")));
  EXPECT_TRUE(read_manifest(folder.path()).earlier.empty());
}

TEST(Growth, WaitsForJobsThatAreAtWorkOnTheOutputAsItWas) {
  const TemporaryFolder folder;
  open_output(folder.path(), plan());
  Manifest two = plan();
  two.cells.push_back({"001-daps", {{"method", "daps"}, {"sigma_y", "0.05"}}});
  two.units.push_back({"0b", "001-daps", {"00000", "00001"}, {0, 1}});
  two.configuration = "digest-2";
  EXPECT_THAT(message_of<UserError>([&] { open_output(folder.path(), two, Others::at_work); }),
              HasSubstr("other jobs are at work on it as it was (1 cell new: 001-daps)"));
  EXPECT_EQ(read_manifest(folder.path()).cells.size(), 1U);
}

TEST(Manifest, NamesADamagedFile) {
  const TemporaryFolder folder;
  std::ofstream(manifest_path(folder.path())) << "{\"experiment\": \"table2\"";

  EXPECT_THROW((void)find_manifest(folder.path()), DataError);
  EXPECT_THROW((void)read_manifest(folder.path() / "nowhere"), UserError);
}

}  // namespace
}  // namespace dpsbench
