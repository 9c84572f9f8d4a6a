#include "runner/ranks/mpi_communicator.h"

#include <mpi.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <limits>
#include <list>
#include <mutex>
#include <thread>

#include "core/error.h"

namespace dpsbench {
namespace {

constexpr std::size_t greatest_message = std::numeric_limits<int>::max();  // MPI counts in int

void check(int code, const char* call) {
  if (code == MPI_SUCCESS) return;
  std::array<char, MPI_MAX_ERROR_STRING> text{};
  int length = 0;
  MPI_Error_string(code, text.data(), &length);
  throw Error(fmt::format("{}: {}", call, std::string(text.data(), static_cast<std::size_t>(length))));
}

/// Waits for a collective call without spinning: MPI's own wait would take a core from a rank that still samples.
void wait_quietly(MPI_Request& request) {
  auto pause = std::chrono::microseconds(20);
  for (int done = 0; done == 0;) {
    check(MPI_Test(&request, &done, MPI_STATUS_IGNORE), "MPI_Test");
    if (done != 0) return;
    std::this_thread::sleep_for(pause);
    pause = std::min(pause * 2, std::chrono::microseconds(2000));
  }
}

/// A message under way.
struct Sent {
  Message message;
  MPI_Request request;
};

class MpiCommunicator final : public Communicator {
 public:
  MpiCommunicator() {
    int provided = 0;
    check(MPI_Init_thread(nullptr, nullptr, MPI_THREAD_MULTIPLE, &provided), "MPI_Init_thread");
    if (provided < MPI_THREAD_MULTIPLE)
      throw Error("this MPI offers no MPI_THREAD_MULTIPLE, which the dispatcher needs");
    check(MPI_Comm_dup(MPI_COMM_WORLD, &world_), "MPI_Comm_dup");
    check(MPI_Comm_set_errhandler(world_, MPI_ERRORS_RETURN), "MPI_Comm_set_errhandler");
    check(MPI_Comm_rank(world_, &rank_), "MPI_Comm_rank");
    check(MPI_Comm_size(world_, &size_), "MPI_Comm_size");
    MPI_Comm node = MPI_COMM_NULL;
    check(MPI_Comm_split_type(world_, MPI_COMM_TYPE_SHARED, rank_, MPI_INFO_NULL, &node), "MPI_Comm_split_type");
    check(MPI_Comm_rank(node, &local_rank_), "MPI_Comm_rank");
    check(MPI_Comm_free(&node), "MPI_Comm_free");
  }
  ~MpiCommunicator() override {
    for (Sent& sent : sent_) MPI_Wait(&sent.request, MPI_STATUS_IGNORE);
    MPI_Comm_free(&world_);
    MPI_Finalize();
  }
  MpiCommunicator(const MpiCommunicator&) = delete;
  MpiCommunicator& operator=(const MpiCommunicator&) = delete;

  [[nodiscard]] int rank() const override { return rank_; }
  [[nodiscard]] int size() const override { return size_; }
  [[nodiscard]] int local_rank() const override { return local_rank_; }

  void broadcast(void* data, std::size_t bytes) override {
    constexpr std::size_t chunk = std::size_t{64} << 20;  // MPI counts in int
    for (std::size_t offset = 0; offset < bytes; offset += chunk) {
      MPI_Request request = MPI_REQUEST_NULL;
      check(MPI_Ibcast(static_cast<char*>(data) + offset, static_cast<int>(std::min(chunk, bytes - offset)), MPI_BYTE,
                       0, world_, &request),
            "MPI_Ibcast");
      wait_quietly(request);
    }
  }

  void sum(double* values, std::size_t count) override {
    if (count > greatest_message) throw Error(fmt::format("{} numbers are too many to add up", count));
    MPI_Request request = MPI_REQUEST_NULL;
    check(MPI_Iallreduce(MPI_IN_PLACE, values, static_cast<int>(count), MPI_DOUBLE, MPI_SUM, world_, &request),
          "MPI_Iallreduce");
    wait_quietly(request);
  }

  std::vector<std::string> gather(const std::string& bytes) override {
    if (bytes.size() > greatest_message) throw Error(fmt::format("{} bytes are too many to gather", bytes.size()));
    const auto ranks = static_cast<std::size_t>(size_);
    const int length = static_cast<int>(bytes.size());
    std::vector<int> lengths(ranks);
    MPI_Request request = MPI_REQUEST_NULL;
    check(MPI_Igather(&length, 1, MPI_INT, lengths.data(), 1, MPI_INT, 0, world_, &request), "MPI_Igather");
    wait_quietly(request);
    std::vector<int> offsets(ranks);
    std::size_t total = 0;
    for (std::size_t rank = 0; rank < ranks; ++rank) {
      offsets[rank] = static_cast<int>(total);
      total += static_cast<std::size_t>(lengths[rank]);
      if (total > greatest_message) throw Error(fmt::format("more than {} bytes to gather", greatest_message));
    }
    std::string all(total, '\0');
    check(MPI_Igatherv(bytes.data(), length, MPI_BYTE, all.data(), lengths.data(), offsets.data(), MPI_BYTE, 0, world_,
                       &request),
          "MPI_Igatherv");
    wait_quietly(request);
    std::vector<std::string> parts;
    for (std::size_t rank = 0; rank < ranks && rank_ == 0; ++rank)
      parts.push_back(all.substr(static_cast<std::size_t>(offsets[rank]), static_cast<std::size_t>(lengths[rank])));
    return parts;
  }

  void barrier() override {
    MPI_Request request = MPI_REQUEST_NULL;
    check(MPI_Ibarrier(world_, &request), "MPI_Ibarrier");
    wait_quietly(request);
  }

  void send(int to, Channel channel, const Message& message) override {
    // MPI_Send would wait for the connection to a rank that is gone, and who waits does not see that it is gone
    const std::lock_guard lock(sending_);
    std::erase_if(sent_, [](Sent& sent) {
      int done = 0;
      check(MPI_Test(&sent.request, &done, MPI_STATUS_IGNORE), "MPI_Test");
      return done != 0;
    });
    Sent& sent = sent_.emplace_back(Sent{message, MPI_REQUEST_NULL});
    check(MPI_Isend(sent.message.data(), static_cast<int>(message.size()), MPI_INT64_T, to, static_cast<int>(channel),
                    world_, &sent.request),
          "MPI_Isend");
  }

  std::optional<Received> poll(Channel channel) override {
    int waiting = 0;
    MPI_Message handle = MPI_MESSAGE_NULL;
    MPI_Status status;
    check(MPI_Improbe(MPI_ANY_SOURCE, static_cast<int>(channel), world_, &waiting, &handle, &status), "MPI_Improbe");
    if (waiting == 0) return std::nullopt;
    Received received{status.MPI_SOURCE, {}};
    check(MPI_Mrecv(received.message.data(), static_cast<int>(received.message.size()), MPI_INT64_T, &handle, &status),
          "MPI_Mrecv");
    return received;
  }

  [[noreturn]] void abort(int exit_code) override {
    MPI_Abort(MPI_COMM_WORLD, exit_code);
    std::abort();
  }

 private:
  std::mutex sending_;
  std::list<Sent> sent_;  ///< what is not known to be gone yet
  MPI_Comm world_ = MPI_COMM_NULL;
  int rank_ = 0;
  int size_ = 1;
  int local_rank_ = 0;
};

}  // namespace

bool started_by_launcher() {
  for (const char* variable : {"OMPI_COMM_WORLD_SIZE", "PMIX_RANK", "PMI_RANK"})
    if (std::getenv(variable) != nullptr) return true;
  return false;
}

std::string mpi_version() {
  std::array<char, MPI_MAX_LIBRARY_VERSION_STRING> text{};
  int length = 0;
  MPI_Get_library_version(text.data(), &length);
  const std::string version(text.data(), static_cast<std::size_t>(length));
  return version.substr(0, version.find_first_of(",\n"));
}

std::unique_ptr<Communicator> make_mpi() { return std::make_unique<MpiCommunicator>(); }

}  // namespace dpsbench
