#pragma once
#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace dpsbench {

/// A short message between two ranks; what its numbers mean is the business of who sends it.
using Message = std::array<std::int64_t, 4>;

/// Requests go to rank 0, replies come from it, signs of life go round: channels of their own, so that no thread takes
/// a message meant for another.
enum class Channel { request = 1, reply = 2, heartbeat = 3 };

/// A message that came in, and from whom.
struct Received {
  int from;
  Message message;
};

/// The processes of a job and how they talk. Waiting never spins: a rank that waits leaves its core to those that
/// sample.
class Communicator {
 public:
  virtual ~Communicator() = default;

  [[nodiscard]] virtual int rank() const = 0;
  [[nodiscard]] virtual int size() const = 0;
  /// The rank among those of the same node, from 0: picks the GPU.
  [[nodiscard]] virtual int local_rank() const = 0;

  /// Copies `bytes` bytes from rank 0 to all. Collective.
  virtual void broadcast(void* data, std::size_t bytes) = 0;
  /// Adds up `count` numbers over all ranks, each by itself; all get the sums. Collective.
  virtual void sum(double* values, std::size_t count) = 0;
  /// The bytes of every rank, in their order, on rank 0; nothing on the others. At most 2 GiB in all. Collective.
  virtual std::vector<std::string> gather(const std::string& bytes) = 0;
  /// Returns when all ranks have called it. Collective.
  virtual void barrier() = 0;

  /// Sends without waiting for the receiver; may be called from several threads.
  virtual void send(int to, Channel channel, const Message& message) = 0;
  /// The next message of a channel if one is there; may be called from several threads.
  virtual std::optional<Received> poll(Channel channel) = 0;

  /// Ends every process of the job at once.
  [[noreturn]] virtual void abort(int exit_code) = 0;
};

/// The communicator of this process: MPI where a launcher (mpirun, srun) started it, else one process alone. MPI is
/// finalised with the object. Throws Error when MPI does not offer MPI_THREAD_MULTIPLE.
std::unique_ptr<Communicator> make_communicator();

/// One process alone.
std::unique_ptr<Communicator> make_single_process();

/// A text of any length from rank 0 to all. Collective.
std::string broadcast_text(Communicator& communicator, const std::string& text);

/// The text of every rank, in their order, on all of them. Collective.
std::vector<std::string> gather_to_all(Communicator& communicator, const std::string& text);

/// Ends every process of the job with a message on stderr that names this rank and the reason: never a hang.
[[noreturn]] void abort_job(Communicator& communicator, const std::string& reason, int exit_code);

/// Ends the job with a message naming the rank when an exception escapes a thread or a destructor.
void abort_job_on_terminate();

}  // namespace dpsbench
