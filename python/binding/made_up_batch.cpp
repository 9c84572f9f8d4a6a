#include "python/binding/made_up_batch.h"

#include <ATen/core/grad_mode.h>

#include <cmath>

#include "methods/registry.h"
#include "priors/mixture/prior.h"
#include "priors/registry.h"
#include "python/binding/option_words.h"
#include "tasks/registry.h"

namespace dpsbench {
namespace {

/// Two smooth Gaussians about grey levels -0.3 and 0.3.
std::unique_ptr<GaussianMixturePrior> smooth_images(const ImageShape& shape) {
  constexpr std::int64_t waves = 6;
  const std::int64_t numbers = shape.elements();
  const TensorOptions in_double = TensorOptions().dtype(at::kDouble);
  const Tensor place = (at::arange(numbers, in_double) + 0.5) / static_cast<double>(numbers);
  const Tensor wave = (place.unsqueeze(1) * at::arange(1, waves + 1, in_double) * M_PI).cos() * 0.3;
  const Tensor means = at::tensor({-0.3, 0.3}, in_double).unsqueeze(1).expand({2, numbers}).contiguous();
  const auto mixture = GaussianMixture::of_factors(
      at::zeros({2}, in_double), means, wave.expand({2, numbers, waves}).contiguous(), at::full({2}, 0.01, in_double));
  return std::make_unique<GaussianMixturePrior>(mixture, shape, TensorOptions().dtype(at::kFloat));
}

PhiloxNoise noise_of(const std::vector<std::string>& images) {
  std::vector<StreamId> streams;
  for (const std::string& image : images) streams.push_back({"trial", image, 0});
  return {0, streams};
}

std::unique_ptr<Prior> prior_of(const MadeUpBatch::Setting& setting) {
  if (setting.prior.empty()) return smooth_images(setting.shape);
  PriorSpec spec{.kind = setting.prior, .preset = setting.preset};
  spec.file = setting.weights;
  spec.options = OptionValues(find_prior_kind(setting.prior).options, setting.prior_options).all();
  return make_prior(spec, TensorOptions().dtype(at::kFloat));
}

std::unique_ptr<Operator> operator_of(const MadeUpBatch::Setting& setting, const Noise& noise,
                                      const TensorOptions& options) {
  const TaskEntry& task = find_task(setting.task);
  return task.bind(OptionValues(task.options, setting.task_options), setting.shape, noise, options);
}

std::unique_ptr<MadeUpBatch> make_made_up_batch(const std::string& task, const py::dict& task_options,
                                                const std::vector<std::string>& images,
                                                const std::array<std::int64_t, 3>& shape, double sigma_y,
                                                const std::string& prior, const py::dict& prior_options,
                                                const std::string& preset, const std::string& weights) {
  const MadeUpBatch::Setting setting{
      task,  option_values(task_options),  sigma_y, images, {shape[0], shape[1], shape[2]},
      prior, option_values(prior_options), preset,  weights};
  const py::gil_scoped_release unlocked;
  return std::make_unique<MadeUpBatch>(setting);
}

}  // namespace

MadeUpBatch::MadeUpBatch(const Setting& setting)
    : prior_(prior_of(setting)),
      counting_(make_counting(*prior_, use_)),
      noise_(noise_of(setting.images)),
      schedule_(prior_->schedule()),
      original_(smooth_images(setting.shape)->sample(noise_, Purpose::training)),
      op_(operator_of(setting, noise_, prior_->options())),
      y_(measure(*op_, original_, setting.sigma_y, noise_, false)),
      problem_{*counting_, schedule_, *op_, y_, setting.sigma_y, noise_},
      loan_(problem_, steps_) {}

Tensor MadeUpBatch::sample(const std::string& method, const std::map<std::string, OptionValue>& options) {
  const at::NoGradGuard no_grad;
  const MethodEntry& entry = find_method(method);
  return entry.make(OptionValues(entry.options, options))->sample(problem_, steps_);
}

void bind_trial(py::module_& core) {
  py::class_<MadeUpBatch>(core, "Trial", "A small made-up batch, on which parts are tried before any run.")
      .def(py::init(&make_made_up_batch), py::arg("task"), py::arg("task_options"), py::arg("images"), py::arg("shape"),
           py::arg("sigma_y") = 0.05, py::arg("prior") = "", py::arg("prior_options") = py::dict(),
           py::arg("preset") = "", py::arg("weights") = "")
      .def(
          "sample",
          [](MadeUpBatch& trial, const std::string& method, const py::dict& options) {
            const auto values = option_values(options);
            const py::gil_scoped_release unlocked;
            return trial.sample(method, values);
          },
          py::arg("method"), py::arg("options"))
      .def_property_readonly("evaluations", [](const MadeUpBatch& trial) { return trial.use().evaluations; })
      .def_property_readonly("passes_back", [](const MadeUpBatch& trial) { return trial.use().passes_back; })
      .def_property_readonly("images", [](const MadeUpBatch& trial) { return trial.original().size(0); })
      .def_property_readonly("steps_shown", &MadeUpBatch::steps_shown)
      .def_property_readonly("original", &MadeUpBatch::original)
      .def_property_readonly("problem", &MadeUpBatch::problem);
}

}  // namespace dpsbench
