#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/error.h"
#include "runner/experiment/prior_block.h"
#include "tests/message_of.h"
#include "tests/runner/support/tiny_experiment.h"

namespace dpsbench {
namespace {

using testing::HasSubstr;

PriorSpec read_from(const std::string& block) {
  const std::filesystem::path folder = testing_support::new_folder();
  testing_support::write_text(folder / "prior.yaml", block);
  try {
    const PriorSpec spec = read_prior_file(folder / "prior.yaml");
    std::filesystem::remove_all(folder);
    return spec;
  } catch (...) {
    std::filesystem::remove_all(folder);
    throw;
  }
}

TEST(GeneratedPriorBlock, NamesALawAndNoFile) {
  const PriorSpec spec = read_from("{kind: levy, law: student, freedom: 2, length: 32}");
  EXPECT_EQ(prior_shape(spec), (ImageShape{1, 1, 32}));
  EXPECT_EQ(find_prior_kind(spec.kind).posteriors, KnownPosteriors::linear);
  EXPECT_THAT(describe_prior(spec), HasSubstr("levy burn_in=100 freedom=2 "));
  EXPECT_NO_THROW(require_prior_file(spec));
  EXPECT_EQ(make_prior(spec, at::kFloat)->shape(), (ImageShape{1, 1, 32}));
}

TEST(GeneratedPriorBlock, RefusesWhatIsNoOptionAndWhatDoesNotFit) {
  const auto refusal = [](const std::string& block) { return message_of<UserError>([&] { (void)read_from(block); }); };
  EXPECT_THAT(refusal("{kind: levy, lenght: 32}"), HasSubstr("did you mean 'length'"));
  EXPECT_THAT(refusal("{kind: levy, law: cauchy}"), HasSubstr("bernoulli_laplace"));
  EXPECT_THAT(refusal("{kind: levy, scale: [1, 2]}"), HasSubstr("not a list"));
  EXPECT_THAT(refusal("{kind: gaussian_modes, dimension: 9}"), HasSubstr("dimension: 9 is odd"));
  EXPECT_THAT(refusal("{kind: gaussian_mode}"), HasSubstr("gaussian_modes"));
}

}  // namespace
}  // namespace dpsbench
