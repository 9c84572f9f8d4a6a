#include "runner/work/unit_writer.h"

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
  finish();
  {
    const std::scoped_lock lock(mutex_);
    unit_ = std::move(result);
  }
  changed_.notify_all();
}

void UnitWriter::finish() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return !unit_; });
  if (failure_) std::rethrow_exception(failure_);
}

void UnitWriter::work() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return unit_ || closing_; });
    if (!unit_) return;
    lock.unlock();
    std::exception_ptr failure;
    try {
      write_(*unit_);  // nobody else touches it while it is there
    } catch (...) {
      failure = std::current_exception();
    }
    lock.lock();
    unit_.reset();
    failure_ = failure;
    changed_.notify_all();
  }
}

}  // namespace dpsbench
