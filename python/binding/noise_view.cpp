#include "python/binding/noise_view.h"

#include <fmt/ranges.h>

#include <array>

#include "core/error.h"
#include "python/binding/bind.h"

namespace dpsbench {
namespace {

struct NamedPurpose {
  const char* name;
  Purpose purpose;
};
constexpr std::array named_purposes = {NamedPurpose{"initial", Purpose::initial}, NamedPurpose{"step", Purpose::step},
                                       NamedPurpose{"inner", Purpose::inner}, NamedPurpose{"accept", Purpose::accept},
                                       NamedPurpose{"mask", Purpose::mask}};

Purpose purpose_of(const std::string& word) {
  std::vector<std::string> names;
  for (const NamedPurpose& named : named_purposes) {
    if (word == named.name) return named.purpose;
    names.emplace_back(named.name);
  }
  throw UserError("noise: purpose '{}' is unknown; allowed: {}", word, fmt::join(names, ", "));
}

}  // namespace

const Noise& NoiseView::source() const {
  if (noise == nullptr) throw UserError("noise: this batch is over");
  return *noise;
}

Tensor NoiseView::normal(const std::string& purpose, std::int64_t step,
                         const std::optional<std::vector<std::int64_t>>& of_image) const {
  return source().normal(purpose_of(purpose), step, asked(of_image), options);
}

Tensor NoiseView::uniform(const std::string& purpose, std::int64_t step,
                          const std::optional<std::vector<std::int64_t>>& of_image) const {
  return source().uniform(purpose_of(purpose), step, asked(of_image), options);
}

std::int64_t NoiseView::images() const { return source().images(); }

void bind_noise(py::module_& core) {
  py::class_<NoiseView, std::shared_ptr<NoiseView>>(
      core, "Noise", "Random numbers of a batch: an image has the same whatever batch, rank or device it is on.")
      .def("__call__", &NoiseView::normal, py::arg("purpose"), py::arg("step") = 0, py::arg("shape") = py::none(),
           Unlocked(), "standard normal numbers [B, *shape], of the images' shape unless another is given")
      .def("normal", &NoiseView::normal, py::arg("purpose"), py::arg("step") = 0, py::arg("shape") = py::none(),
           Unlocked())
      .def("uniform", &NoiseView::uniform, py::arg("purpose"), py::arg("step") = 0, py::arg("shape") = py::none(),
           Unlocked(), "uniform numbers in (0, 1), the same way")
      .def_property_readonly("images", &NoiseView::images);
}

}  // namespace dpsbench
