#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>

#include "core/error.h"
#include "runner/experiment/prior_block.h"
#include "tests/message_of.h"
#include "tests/runner/support/tiny_experiment.h"

namespace dpsbench {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class BetaTables : public testing::Test {
 protected:
  ~BetaTables() override { std::filesystem::remove_all(folder_); }

  void write(const std::string& name, const std::string& text) { testing_support::write_text(folder_ / name, text); }
  PriorSpec read(const std::string& keys) {
    write("prior.yaml", "{kind: torchscript, file: m.pt, " + keys + "}");
    return read_prior_file(folder_ / "prior.yaml");
  }
  std::string refusal(const std::string& keys) {
    return message_of<UserError>([&] { (void)read(keys); });
  }
  /// A NumPy array [count] of doubles.
  void write_array(const std::string& name, const std::vector<double>& numbers) {
    const std::string header =
        fmt::format("{{'descr': '<f8', 'fortran_order': False, 'shape': ({},), }}\n", numbers.size());
    std::string bytes = std::string("\x93NUMPY\x01\0", 8) + static_cast<char>(header.size()) + '\0' + header;
    bytes.append(reinterpret_cast<const char*>(numbers.data()), numbers.size() * sizeof(double));
    write(name, bytes);
  }

  const std::filesystem::path folder_ = testing_support::new_folder();
};

TEST_F(BetaTables, AreListsArraysAndTextsOfTheSameNumbers) {
  const PriorSpec list = read("schedule: table, betas: [1e-4, 0.00012345678901234567, 0.5]");
  EXPECT_EQ(list.options.at("betas"), OptionValue("0.0001 0.00012345678901234567 0.5"));
  write("betas.txt", "# of my training\n1e-4, 0.00012345678901234567\n\n 0.5 # the last\n");
  write_array("betas.npy", {1e-4, 0.00012345678901234567, 0.5});
  for (const char* file : {"betas.txt", "betas.npy"})
    EXPECT_EQ(describe_prior(read(std::string("schedule: table, betas: ") + file)), describe_prior(list)) << file;
}

TEST_F(BetaTables, AreToldByTheirDigestWhereTheyAreLong) {
  std::vector<double> betas;
  for (int k = 0; k < 1000; ++k) betas.push_back(1e-4 + 1e-5 * k);
  write_array("long.npy", betas);
  const std::string long_one = describe_prior(read("schedule: table, betas: long.npy"));
  EXPECT_THAT(long_one, AllOf(HasSubstr("betas=sha256:"), HasSubstr("schedule=table")));
  betas[999] = std::nextafter(betas[999], 1);
  write_array("other.npy", betas);
  EXPECT_NE(describe_prior(read("schedule: table, betas: other.npy")), long_one);
  EXPECT_THAT(describe_prior(read("schedule: cosine")), Not(HasSubstr("betas")));
}

TEST_F(BetaTables, SayWhereANumberIsNone) {
  write("betas.txt", "1e-4\n0.5 1.5\n");
  EXPECT_THAT(refusal("schedule: table, betas: betas.txt"),
              AllOf(HasSubstr("prior.yaml:1:"), HasSubstr("betas: "),
                    HasSubstr("betas.txt, line 2: '1.5' is no beta; allowed: above 0 and below 1")));
  write("betas.txt", "1e-4\n0,5\n");
  EXPECT_THAT(refusal("schedule: table, betas: betas.txt"), HasSubstr("line 2: '0' is no beta"));
  write_array("betas.npy", {0.1, 0.0});
  EXPECT_THAT(refusal("schedule: table, betas: betas.npy"), HasSubstr("betas.npy, number 1 from 0: 0; allowed"));
  write("broken.npy", "nothing");
  EXPECT_THAT(refusal("schedule: table, betas: broken.npy"), HasSubstr("not a NumPy .npy file"));
  EXPECT_THAT(refusal("schedule: table, betas: absent.txt"), HasSubstr("absent.txt cannot be read"));
  EXPECT_THAT(refusal("schedule: table, betas: [0.1, 1]"), HasSubstr("a number above 0"));
  EXPECT_THAT(refusal("schedule: table, betas: 0.1"), HasSubstr("1 numbers; a schedule has two or more"));
}

TEST_F(BetaTables, GoWithTheScheduleTableAndNoOther) {
  EXPECT_THAT(refusal("schedule: table"), AllOf(HasSubstr("prior.yaml:1:"), HasSubstr("schedule: table needs them")));
  EXPECT_THAT(refusal("schedule: cosine, betas: [0.1, 0.2]"), HasSubstr("betas of one's own need schedule: table"));
  EXPECT_THAT(refusal("schedule: tabel, betas: [0.1, 0.2]"), HasSubstr("table"));
}

}  // namespace
}  // namespace dpsbench
