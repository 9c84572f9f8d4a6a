#include <fmt/format.h>

#include "core/noise_schedule.h"
#include "python/binding/bind.h"

namespace dpsbench {

void bind_schedule(py::module_& core) {
  py::class_<NoiseLevel>(core, "NoiseLevel", "One noise level of x_t = sqrt(alpha_bar) x_0 + sqrt(1 - alpha_bar) eps.")
      .def(py::init([](double alpha_bar, double time) {
             return NoiseLevel{alpha_bar, time};
           }),
           py::arg("alpha_bar"), py::arg("time") = 0.0)
      .def_readonly("alpha_bar", &NoiseLevel::alpha_bar, "signal fraction, in (0, 1]")
      .def_readonly("time", &NoiseLevel::time, "the time a network is told, in [0, 999]")
      .def_property_readonly("sigma", &NoiseLevel::sigma, "deviation of the noise in x_t / sqrt(alpha_bar)")
      .def("__repr__", [](const NoiseLevel& level) {
        return fmt::format("NoiseLevel(alpha_bar={}, time={})", level.alpha_bar, level.time);
      });

  py::class_<NoiseSchedule>(core, "NoiseSchedule", "A discrete noise schedule; index 0 is the least noisy step.")
      .def_static("linear", py::overload_cast<std::int64_t, double, double>(&NoiseSchedule::linear),
                  py::arg("steps") = 1000, py::arg("first") = 1e-4, py::arg("last") = 0.02)
      .def_static("scaled_linear", &NoiseSchedule::scaled_linear, py::arg("steps") = 1000, py::arg("first") = 8.5e-4,
                  py::arg("last") = 0.012, "of latent diffusion")
      .def_static("cosine", &NoiseSchedule::cosine, py::arg("steps") = 1000)
      .def_static("of_sigmas", &NoiseSchedule::of_sigmas, py::arg("least") = 0.002, py::arg("greatest") = 80.0,
                  py::arg("steps") = 1000, py::arg("rho") = 7.0, "as EDM spaces them")
      .def_static("of_betas", &NoiseSchedule::of_betas, py::arg("betas"), "the least noisy step's first")
      .def("respaced", py::overload_cast<std::int64_t>(&NoiseSchedule::respaced, py::const_), py::arg("steps"),
           "that many of its steps, spread over the whole range as guided-diffusion does it")
      .def("respaced", py::overload_cast<const std::string&>(&NoiseSchedule::respaced, py::const_), py::arg("spec"))
      .def_property_readonly("steps", &NoiseSchedule::steps)
      .def("__len__", &NoiseSchedule::steps)
      .def("level", &NoiseSchedule::level, py::arg("i"))
      .def("level_of_sigma", &NoiseSchedule::level_of_sigma, py::arg("sigma"))
      .def("beta", &NoiseSchedule::beta, py::arg("i"))
      .def("alpha", &NoiseSchedule::alpha, py::arg("i"))
      .def("alpha_bar", &NoiseSchedule::alpha_bar, py::arg("i"))
      .def("alpha_bar_previous", &NoiseSchedule::alpha_bar_previous, py::arg("i"))
      .def("timestep", &NoiseSchedule::timestep, py::arg("i"))
      .def("posterior_variance", &NoiseSchedule::posterior_variance, py::arg("i"))
      .def("coefficient_x0", &NoiseSchedule::coefficient_x0, py::arg("i"))
      .def("coefficient_xt", &NoiseSchedule::coefficient_xt, py::arg("i"))
      .def_property_readonly("smallest_sigma", &NoiseSchedule::smallest_sigma);
}

}  // namespace dpsbench
