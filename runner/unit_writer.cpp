#include "runner/unit_writer.h"

namespace dpsbench {

UnitWriter::UnitWriter(Write write) : write_(std::move(write)), thread_([this] { work(); }) {}

UnitWriter::~UnitWriter() {
  {
    const std::scoped_lock lock(mutex_);
    closing_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void UnitWriter::put(UnitResult result) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return !waiting_ || failure_; });
  if (failure_) std::rethrow_exception(failure_);
  waiting_ = std::move(result);
  changed_.notify_all();
}

void UnitWriter::finish() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return (!waiting_ && !writing_) || failure_; });
  if (failure_) std::rethrow_exception(failure_);
}

void UnitWriter::work() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return waiting_ || closing_; });
    if (!waiting_ || failure_) return;
    const UnitResult unit = *std::exchange(waiting_, std::nullopt);
    writing_ = true;
    changed_.notify_all();
    lock.unlock();
    std::exception_ptr failure;
    try {
      write_(unit);
    } catch (...) {
      failure = std::current_exception();
    }
    lock.lock();
    writing_ = false;
    failure_ = failure;
    changed_.notify_all();
  }
}

}  // namespace dpsbench
