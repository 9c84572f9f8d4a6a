#include "runner/doctor/versions.h"

#include <ATen/detail/CUDAHooksInterface.h>
#include <torch/headeronly/version.h>

#include "results/hdf5/version.h"
#include "runner/ranks/mpi_communicator.h"
#include "runner/station/gpus.h"
#include "runner/work/provenance.h"

namespace dpsbench {

std::vector<std::pair<std::string, std::string>> versions() {
  return {{"dpsbench", program_version()},
          {"LibTorch", TORCH_VERSION},
          {"CUDA", cuda_version()},
          {"MPI", mpi_version()},
          {"HDF5", hdf5::library_version()}};
}

std::string versions_text() {
  std::string text;
  for (const auto& [name, version] : versions()) text += fmt::format("{:<8}  {}\n", name, version);
  return text;
}

}  // namespace dpsbench
