// The intervals and tests of the tables (metrics/statistics).
#include "metrics/statistics/against_best.h"
#include "metrics/statistics/paired.h"
#include "python/binding/bind.h"

namespace dpsbench {

void bind_statistics(py::module_& core) {
  py::class_<MeanInterval>(core, "MeanInterval", "A mean and its confidence interval mean +- half_width.")
      .def_readonly("mean", &MeanInterval::mean)
      .def_readonly("deviation", &MeanInterval::deviation)
      .def_readonly("half_width", &MeanInterval::half_width)
      .def_readonly("count", &MeanInterval::count)
      .def_readonly("groups", &MeanInterval::groups);
  py::class_<PairedComparison>(core, "PairedComparison", "Two methods compared on the same images.")
      .def_readonly("difference", &PairedComparison::difference)
      .def_readonly("t", &PairedComparison::t)
      .def_readonly("p_value", &PairedComparison::p_value);
  py::class_<AgainstBest>(core, "AgainstBest", "Several methods held against the best of them.")
      .def_readonly("best", &AgainstBest::best)
      .def_readonly("p_values", &AgainstBest::p_values);

  core.def("mean_interval", py::overload_cast<const std::vector<double>&, const Groups&, double>(&mean_interval),
           py::arg("values"), py::arg("groups") = Groups(), py::arg("confidence") = 0.95);
  core.def("paired_comparison", &paired_comparison, py::arg("first"), py::arg("second"), py::arg("groups") = Groups(),
           py::arg("confidence") = 0.95);
  core.def("holm_adjusted", &holm_adjusted, py::arg("p_values"));
  core.def(
      "against_best",
      [](const std::vector<std::vector<double>>& losses, const Groups& groups) { return against_best(losses, groups); },
      py::arg("losses"), py::arg("groups") = Groups(), Unlocked());
}

}  // namespace dpsbench
