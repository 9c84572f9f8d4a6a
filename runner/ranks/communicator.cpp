#include "runner/ranks/communicator.h"

#include <mpi.h>

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <nlohmann/json.hpp>

#include "core/error.h"
#include "core/words/tell.h"
#include "runner/ranks/batch_job.h"
#include "runner/ranks/exit_code.h"
#include "runner/ranks/mpi_communicator.h"

namespace dpsbench {
namespace {

class SingleProcess final : public Communicator {
 public:
  [[nodiscard]] int rank() const override { return 0; }
  [[nodiscard]] int size() const override { return 1; }
  [[nodiscard]] int local_rank() const override { return 0; }
  void broadcast(void*, std::size_t) override {}
  void sum(double*, std::size_t) override {}
  std::vector<std::string> gather(const std::string& bytes) override { return {bytes}; }
  void barrier() override {}
  void send(int, Channel, const Message&) override {}
  std::optional<Received> poll(Channel) override { return std::nullopt; }
  [[noreturn]] void abort(int exit_code) override { std::_Exit(exit_code); }
};

std::string reason_of_current_exception() {
  if (!std::current_exception()) return "std::terminate was called";
  try {
    throw;
  } catch (const std::exception& error) {
    return sentence_of(error);
  } catch (...) {
    return "an exception of unknown type";
  }
}

[[noreturn]] void terminate_job() {
  int running = 0;
  int finished = 0;
  MPI_Initialized(&running);
  MPI_Finalized(&finished);
  int rank = 0;
  if (running != 0 && finished == 0) MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  tell("dpsbench: rank {}: {}\n", rank, reason_of_current_exception());
  if (running != 0 && finished == 0) MPI_Abort(MPI_COMM_WORLD, 1);
  std::_Exit(1);
}

}  // namespace

std::unique_ptr<Communicator> make_single_process() { return std::make_unique<SingleProcess>(); }

std::unique_ptr<Communicator> make_communicator() {
  std::unique_ptr<Communicator> communicator = started_by_launcher() ? make_mpi() : make_single_process();
  if (communicator->size() > 1 || std::getenv("OMPI_COMM_WORLD_SIZE") != nullptr) return communicator;
  if (const int together = launched_together(); together > 1)
    throw UserError(
        "srun started {} processes, but each thinks that it is alone: MPI was not told of the others. Start them with "
        "'srun --mpi=pmix' ('srun --mpi=list' shows what this Slurm has), or with mpirun",
        together);
  if (tasks_of_job() > 1 && !job_name().empty())
    tell("note: this job has {} tasks, and this is one process alone; for all: srun --mpi=pmix dpsbench ...\n",
         tasks_of_job());
  return communicator;
}

std::string broadcast_text(Communicator& communicator, const std::string& text) {
  std::uint64_t length = text.size();
  communicator.broadcast(&length, sizeof length);
  std::string copy = communicator.rank() == 0 ? text : std::string(length, '\0');
  communicator.broadcast(copy.data(), copy.size());
  return copy;
}

std::vector<std::string> gather_to_all(Communicator& communicator, const std::string& text) {
  const nlohmann::json texts = communicator.gather(text);
  const std::string all = texts.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  return nlohmann::json::parse(broadcast_text(communicator, all)).get<std::vector<std::string>>();
}

void abort_job(Communicator& communicator, const std::string& reason, int exit_code) {
  tell("dpsbench: rank {}: {}\n", communicator.rank(), reason);
  communicator.abort(exit_code);
  std::abort();  // not reached
}

void abort_job_on_terminate() { std::set_terminate(terminate_job); }

}  // namespace dpsbench
