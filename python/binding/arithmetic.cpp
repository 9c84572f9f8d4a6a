// Arithmetic that never couples the images of a batch.
#include "core/tensor.h"
#include "python/binding/bind.h"

namespace dpsbench {

void bind_arithmetic(py::module_& core) {
  core.def("image_dot", &image_dot, py::arg("a"), py::arg("b"), Unlocked(), "<a, b> of each image: [B]");
  core.def("image_norm", &image_norm, py::arg("a"), Unlocked(), "Euclidean norm of each image: [B]");
  core.def("per_image", &per_image, py::arg("numbers"), py::arg("batch"), Unlocked(),
           "[B] shaped to multiply a batch like `batch`: [B, 1, 1, ...]");
}

}  // namespace dpsbench
