#include "priors/registry.h"

#include <gtest/gtest.h>

#include <set>

#include "tests/message_of.h"

namespace dpsbench {
namespace {

TEST(PriorKinds, HaveNamesOfTheirOwnAndAFileOrOptionsThatMakeThem) {
  std::set<std::string> names;
  for (const PriorKind& kind : prior_kinds()) {
    EXPECT_TRUE(names.insert(kind.name).second) << kind.name;
    EXPECT_EQ(&find_prior_kind(kind.name), &kind);
    EXPECT_FALSE(kind.title.empty()) << kind.name;
    EXPECT_EQ(kind.file_key.empty(), kind.file_content.empty()) << kind.name;
    EXPECT_FALSE(kind.made_of_file && kind.file_key.empty()) << kind.name;
  }
}

TEST(PriorKinds, WithoutAFileMakeAPriorOfTheShapeTheySayByTheirDefaults) {
  for (const PriorKind& kind : prior_kinds()) {
    if (!kind.file_key.empty()) continue;
    const PriorSpec spec{.kind = kind.name};
    EXPECT_EQ(make_prior(spec, TensorOptions().dtype(at::kFloat))->shape(), kind.shape(spec)) << kind.name;
  }
}

TEST(PriorKinds, UnknownOnesAreNamedWithThoseThereAre) {
  EXPECT_EQ(message_of<UserError>([] { (void)find_prior_kind("gan"); }),
            fmt::format("prior kind 'gan' is unknown; there are {}", fmt::join(prior_kind_names(), ", ")));
  EXPECT_EQ(prior_kind_names().front(), "unet");
}

TEST(PriorKinds, RefuseModesOfAnOddDimension) {
  const PriorSpec spec{.kind = "gaussian_modes", .options = {{"dimension", std::int64_t{7}}}};
  EXPECT_EQ(message_of<UserError>([&] { (void)find_prior_kind(spec.kind).shape(spec); }),
            "dimension: 7 is odd; allowed: even numbers");
}

}  // namespace
}  // namespace dpsbench
