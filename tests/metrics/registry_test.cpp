#include "metrics/registry.h"

#include <gtest/gtest.h>

#include <set>

#include "core/error.h"

namespace dpsbench {
namespace {

TEST(MetricRegistry, HasNamesThatAreUniqueAndAConventionForEach) {
  std::set<std::string> names;
  for (const MetricEntry& entry : metrics()) {
    EXPECT_TRUE(names.insert(entry.name).second) << entry.name;
    EXPECT_FALSE(entry.title.empty()) << entry.name;
    EXPECT_FALSE(entry.convention.empty()) << entry.name;
    EXPECT_EQ(&find_metric(entry.name), &entry);
  }
  EXPECT_TRUE(names.contains("psnr") && names.contains("lpips_alex"));
}

TEST(MetricRegistry, SuggestsTheNearestName) {
  try {
    (void)find_metric("pnsr");
    FAIL() << "no error";
  } catch (const UserError& error) {
    EXPECT_NE(std::string(error.what()).find("did you mean 'psnr'"), std::string::npos) << error.what();
    EXPECT_NE(std::string(error.what()).find("consistency"), std::string::npos) << error.what();
  }
}

TEST(MetricRegistry, KnowsWhichImagesAMetricCannotMeasure) {
  const ImageShape small{3, 15, 32};
  EXPECT_NO_THROW(find_metric("psnr").check(small));
  EXPECT_NO_THROW(find_metric("ssim").check(small));
  EXPECT_THROW(find_metric("ssim").check({3, 32, 10}), UserError);
  EXPECT_THROW(find_metric("ms_ssim").check({3, 160, 256}), UserError);
  EXPECT_THROW(find_metric("lpips").check(small), UserError);
  EXPECT_THROW(find_metric("lpips_alex").check({3, 30, 32}), UserError);
  EXPECT_THROW(find_metric("lpips").check({4, 64, 64}), UserError);
  EXPECT_NO_THROW(find_metric("lpips").check({1, 28, 28}));
}

TEST(MetricLoss, IsSmallerTheBetterTheValue) {
  const auto less = [](const std::string& metric, double better, double worse) {
    EXPECT_LT(find_metric(metric).loss(better), find_metric(metric).loss(worse)) << metric;
  };
  less("psnr", 30, 20);
  less("lpips", 0.1, 0.2);
  less("consistency", 1.01, 0.9);
  less("consistency", 0.99, 1.2);
  less("coverage_50", 0.45, 0.9);
}

}  // namespace
}  // namespace dpsbench
