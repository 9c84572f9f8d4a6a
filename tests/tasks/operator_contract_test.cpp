#include <gtest/gtest.h>

#include <functional>
#include <set>

#include "tests/tasks/operator_cases.h"

namespace dpsbench {
namespace {

const std::vector<std::string> three_ids = {"a", "b", "c"};

class OperatorContract : public testing::TestWithParam<OperatorCase> {
 protected:
  const OperatorCase& item() const { return GetParam(); }
  std::unique_ptr<Operator> bind(at::ScalarType type = at::kDouble) const { return item().bind(noise_, type); }
  Tensor image(std::int64_t draw, at::ScalarType type = at::kDouble) const {
    return trial(noise_, draw, {item().shape.channels, item().shape.height, item().shape.width}, type);
  }
  Tensor measurement(const Operator& op, std::int64_t draw, at::ScalarType type = at::kDouble) const {
    return trial(noise_, draw, op.measurement_shape(), type);
  }
  PhiloxNoise noise_ = noise_of(three_ids);
};

class LinearOperators : public OperatorContract {};
class NonlinearOperators : public OperatorContract {};
class SpectralOperators : public OperatorContract {};
class MaskingOperators : public OperatorContract {};

std::vector<OperatorCase> cases_where(const std::function<bool(const OperatorCase&)>& wanted) {
  std::vector<OperatorCase> kept;
  for (const OperatorCase& item : operator_cases())
    if (wanted(item)) kept.push_back(item);
  return kept;
}

std::string case_name(const testing::TestParamInfo<OperatorCase>& instance) { return instance.param.name(); }

INSTANTIATE_TEST_SUITE_P(Tasks, OperatorContract, testing::ValuesIn(operator_cases()), case_name);
INSTANTIATE_TEST_SUITE_P(Tasks, LinearOperators,
                         testing::ValuesIn(cases_where([](const OperatorCase& item) { return item.entry().linear; })),
                         case_name);
INSTANTIATE_TEST_SUITE_P(Tasks, NonlinearOperators, testing::ValuesIn(cases_where([](const OperatorCase& item) {
                           return !item.entry().linear && !item.straight_through;
                         })),
                         case_name);
INSTANTIATE_TEST_SUITE_P(Tasks, SpectralOperators,
                         testing::ValuesIn(cases_where([](const OperatorCase& item) { return item.entry().has_svd; })),
                         case_name);
INSTANTIATE_TEST_SUITE_P(Tasks, MaskingOperators, testing::ValuesIn(cases_where([](const OperatorCase& item) {
                           return item.task.ends_with("inpainting");
                         })),
                         case_name);

TEST(OperatorCases, CoverEveryTask) {
  std::set<std::string> covered;
  for (const OperatorCase& item : operator_cases()) covered.insert(item.task);
  for (const TaskEntry& task : tasks()) EXPECT_TRUE(covered.contains(task.name)) << task.name;
}

TEST_P(OperatorContract, KeepsWhatItsEntryPromises) {
  const auto op = bind();
  const Tensor y = op->forward(image(1));
  EXPECT_EQ(op->is_linear(), item().entry().linear);
  EXPECT_EQ(op->spectral() != nullptr, item().entry().has_svd);
  EXPECT_EQ(op->denoising_reference(y).has_value(), item().entry().has_denoising_reference);
}

TEST_P(OperatorContract, HasTheShapesAndTypesItSays) {
  for (const at::ScalarType type : {at::kFloat, at::kDouble}) {
    const auto op = bind(type);
    const Tensor y = op->forward(image(1, type));
    std::vector<std::int64_t> expected = {3};
    for (const std::int64_t size : op->measurement_shape()) expected.push_back(size);
    const std::vector<std::int64_t> image_sizes = item().shape.batch(3);
    EXPECT_EQ(y.sizes(), at::IntArrayRef(expected));
    EXPECT_EQ(y.scalar_type(), type);
    for (const Tensor& back :
         {op->vjp(image(1, type), y), op->pseudo_inverse(y), op->trivial_estimate(y), measurement_picture(*op, y)}) {
      EXPECT_EQ(back.sizes(), at::IntArrayRef(image_sizes));
      EXPECT_EQ(back.scalar_type(), type);
    }
    EXPECT_LE(measurement_picture(*op, y).abs().max().item<double>(), 1);
    if (const auto reference = op->denoising_reference(y)) {
      EXPECT_EQ(reference->image.sizes(), at::IntArrayRef(image_sizes));
    }
  }
}

TEST_P(OperatorContract, FloatAgreesWithDouble) {
  const Tensor x = image(1);
  const Tensor y = bind()->forward(x);
  EXPECT_LT(relative_distance(bind(at::kFloat)->forward(x.to(at::kFloat)).to(at::kDouble), y),
            item().straight_through ? 0.02 : 2e-6);  // a coefficient may round to the other side
}

TEST_P(LinearOperators, AreLinear) {
  const auto op = bind();
  const Tensor sum = op->forward(image(1) * 2.5 - image(2));
  EXPECT_LT(relative_distance(op->forward(image(1)) * 2.5 - op->forward(image(2)), sum), 1e-13);
}

TEST_P(LinearOperators, HaveTheTrueAdjoint) {
  for (const at::ScalarType type : {at::kFloat, at::kDouble}) {
    const auto op = bind(type);
    const Tensor x = image(1, type);
    const Tensor v = measurement(*op, 2, type);
    const Tensor forward = op->forward(x);
    const Tensor left = image_dot(forward.to(at::kDouble), v.to(at::kDouble));
    const Tensor right = image_dot(x.to(at::kDouble), adjoint(*op, v).to(at::kDouble));
    const Tensor scale = image_norm(forward) * image_norm(v);
    EXPECT_LT(((left - right) / scale).abs().max().item<double>(), type == at::kFloat ? 1e-6 : 1e-14);
  }
}

TEST_P(NonlinearOperators, DifferentiateLikeCentralDifferences) {
  const auto op = bind();
  const Tensor x = image(1);
  const Tensor direction = image(2);
  const Tensor v = measurement(*op, 3);
  const double h = 1e-6;
  const Tensor difference = (op->forward(x + direction * h) - op->forward(x - direction * h)) / (2 * h);
  const Tensor expected = image_dot(difference, v);
  const Tensor scale = image_norm(difference) * image_norm(v);
  const Tensor found = image_dot(op->vjp(x, v), direction);
  EXPECT_LT(((found - expected) / scale).abs().max().item<double>(), 1e-8);
}

TEST_P(OperatorContract, TreatsEachImageAlone) {
  const auto all = bind(at::kFloat);
  const Tensor x = image(1, at::kFloat);
  const Tensor v = measurement(*all, 2, at::kFloat);
  for (std::int64_t k = 0; k < 3; ++k) {
    const PhiloxNoise own_noise = noise_of({three_ids[static_cast<std::size_t>(k)]});
    const auto one = item().bind(own_noise, at::kFloat);
    const auto only = [k](const Tensor& batch) { return batch.slice(0, k, k + 1).contiguous(); };
    const auto expect_same = [&](const Tensor& batch, const Tensor& single, const char* what) {
      EXPECT_TRUE(at::equal(only(batch), single)) << what << " of image " << k;
    };
    expect_same(all->forward(x), one->forward(only(x)), "forward");
    expect_same(all->vjp(x, v), one->vjp(only(x), only(v)), "vjp");
    expect_same(all->pseudo_inverse(v), one->pseudo_inverse(only(v)), "pseudo_inverse");
    expect_same(all->trivial_estimate(v), one->trivial_estimate(only(v)), "trivial_estimate");
    expect_same(measurement_picture(*all, v), measurement_picture(*one, only(v)), "picture");
    expect_same(measure(*all, x, 0.1, noise_, false), measure(*one, only(x), 0.1, own_noise, false), "measurement");
    if (all->is_linear()) expect_same(all->solve_gram(v, 0.01), one->solve_gram(only(v), 0.01), "solve_gram");
    if (const auto reference = all->denoising_reference(v))
      expect_same(reference->image, one->denoising_reference(only(v))->image, "reference");
    if (const Spectral* spectral = all->spectral()) {
      expect_same(spectral->v_transpose(x), one->spectral()->v_transpose(only(x)), "v_transpose");
      expect_same(spectral->u_transpose(v), one->spectral()->u_transpose(only(v)), "u_transpose");
    }
  }
}

TEST_P(SpectralOperators, FindTheLeastImageOfAMeasurement) {
  const auto op = bind();
  const Tensor y = op->forward(image(1));
  const Tensor least = op->pseudo_inverse(y);
  if (item().exact_pseudo_inverse) {
    EXPECT_LT(relative_distance(op->forward(least), y), 1e-12);
  }
  // of least norm: orthogonal to the null space, to which x - A^+ A x belongs
  const Tensor null = image(1) - least;
  EXPECT_LT((image_dot(least, null) / image_dot(least, least)).abs().max().item<double>(), 1e-12);
}

TEST_P(LinearOperators, SolveTheGramEquation) {
  const auto op = bind();
  const Tensor r = measurement(*op, 1);
  for (const double c : {1.0, 1e-2}) {
    const Tensor z = op->solve_gram(r, c);
    EXPECT_LT(relative_distance(op->forward(adjoint(*op, z)) + z * c, r), 3e-12) << c;
  }
}

TEST_P(SpectralOperators, SolveTheGramEquationLikeConjugateGradients) {
  const auto op = bind();
  const Tensor r = measurement(*op, 1);
  EXPECT_LT(relative_distance(op->Operator::solve_gram(r, 1e-3), op->solve_gram(r, 1e-3)), 1e-9);
}

TEST_P(SpectralOperators, AreTheirSingularValueDecomposition) {
  const auto op = bind();
  const Spectral* svd = op->spectral();
  const Tensor x = image(1);
  const Tensor y = measurement(*op, 2);
  const Tensor z = trial(noise_, 3, {item().shape.elements()}, at::kDouble);
  const Tensor s = svd->singular_values();
  EXPECT_EQ(s.size(1), item().shape.elements());
  EXPECT_GE(s.min().item<double>(), 0);
  EXPECT_LT(relative_distance(svd->u(svd->v_transpose(x) * s), op->forward(x)), 1e-13);
  EXPECT_LT(relative_distance(svd->v(svd->u_transpose(y) * s), adjoint(*op, y)), 1e-13);
  EXPECT_LT(relative_distance(svd->v(svd->v_transpose(x)), x), 1e-13);
  EXPECT_LT(relative_distance(svd->v_transpose(svd->v(z)), z), 1e-13);
  EXPECT_LT(relative_distance(svd->u(svd->u_transpose(y)), y), 1e-13);
  const Tensor norms = image_norm(svd->v_transpose(x)) / image_norm(x);
  EXPECT_LT((norms - 1).abs().max().item<double>(), 1e-13);
  const Tensor y_norms = image_norm(svd->u_transpose(y)) / image_norm(y);
  EXPECT_LT((y_norms - 1).abs().max().item<double>(), 1e-13);
}

TEST_P(OperatorContract, MeasuresWithWhiteNoiseOfTheGivenDeviation) {
  const auto op = bind();
  const Tensor x = image(1);
  const double sigma_y = 0.05;
  const Tensor added = (measure(*op, x, sigma_y, noise_, false) - op->forward(x)) / sigma_y;
  Tensor seen = added.flatten();
  if (const Tensor measured = op->measured(); measured.defined()) {
    EXPECT_EQ((added * (1 - measured)).abs().max().item<double>(), 0);
    seen = added.masked_select(measured.expand_as(added) == 1);
  }
  const auto count = static_cast<double>(seen.numel());
  EXPECT_LT(std::abs(seen.mean().item<double>()), 4 / std::sqrt(count));
  EXPECT_LT(std::abs(seen.square().mean().item<double>() - 1), 4 * std::sqrt(2 / count));
}

TEST_P(MaskingOperators, AddNoiseToHiddenPixelsOnRequestOnly) {
  const auto op = bind();
  const Tensor measured = op->measured();
  const Tensor x = image(1);
  const Tensor clean = measure(*op, x, 0.05, noise_, false);
  const Tensor published = measure(*op, x, 0.05, noise_, true);
  const Tensor hidden = (1 - measured).expand_as(x) == 1;
  EXPECT_TRUE(at::equal(clean * measured, published * measured));
  EXPECT_NEAR(published.masked_select(hidden).std().item<double>(), 0.05, 0.005);
}

}  // namespace
}  // namespace dpsbench
