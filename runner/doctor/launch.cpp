#include <unistd.h>

#include "core/error.h"
#include "core/words/shell_word.h"
#include "core/words/tell.h"
#include "runner/doctor/answer_of.h"
#include "runner/doctor/checks.h"
#include "runner/ranks/communicator.h"
#include "runner/ranks/mpi_communicator.h"

namespace dpsbench {

Finding check_launch() {
  const std::string subject = "MPI launch";
  if (started_by_launcher())
    return {subject, true, "this process was started by a launcher; outside of it mpirun would be tried"};
  if (!answer_of("command -v mpirun"))
    return {subject, false, "there is no mpirun: one rank runs without it, several need it (or srun)"};
  std::error_code error;
  const std::filesystem::path program = std::filesystem::read_symlink("/proc/self/exe", error);
  if (error || program.filename() != "dpsbench")
    return {subject, true, "mpirun is there; only the program itself tries it, not the package for Python"};
  const std::string words = "mpirun --oversubscribe -n 2 " + shell_word(program.string()) + " doctor --launched";
  const auto answer = answer_of("timeout 60 " + words + " </dev/null 2>/dev/null");
  if (answer == "2") return {subject, true, "mpirun starts 2 ranks, and they find each other"};
  if (answer == "1")
    return {subject, false,
            "mpirun is not of the MPI that this program was built with: each rank stays alone. Load that one's module"};
  return {subject, false,
          ::geteuid() == 0
              ? "mpirun fails; OpenMPI refuses root unless '. scripts/environment.sh' says so. Try: " + words
              : "mpirun fails. Try: " + words};
}

void answer_launch() {
  const std::unique_ptr<Communicator> communicator = make_communicator();
  communicator->barrier();
  if (communicator->rank() == 0) say("{}\n", communicator->size());
}

}  // namespace dpsbench
