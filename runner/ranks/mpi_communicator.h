#pragma once
#include "runner/ranks/communicator.h"

namespace dpsbench {

/// Whether a launcher (mpirun, srun with PMIx or PMI) started this process.
bool started_by_launcher();

/// The MPI library's name and version, its first line. MPI need not be initialised.
std::string mpi_version();

/// Initialises MPI with MPI_THREAD_MULTIPLE.
std::unique_ptr<Communicator> make_mpi();

}  // namespace dpsbench
