#pragma once
#include <c10/core/Allocator.h>
#include <c10/util/ThreadLocalDebugInfo.h>

#include <algorithm>
#include <memory>

namespace dpsbench {

/// Counts the bytes of tensors that this thread makes while it lives, as LibTorch's allocators (the CPU's and the
/// GPU's) report them. Scratch memory that oneDNN and MKL allocate for themselves is not among them.
class MemoryWatch {
 public:
  [[nodiscard]] std::int64_t now() const { return count_->now; }
  [[nodiscard]] std::int64_t peak() const { return count_->peak; }

 private:
  struct Count final : c10::MemoryReportingInfoBase {
    void reportMemoryUsage(void*, std::int64_t bytes, std::size_t, std::size_t, c10::Device) override {
      now += bytes;  // negative when memory is given back
      peak = std::max(peak, now);
    }
    [[nodiscard]] bool memoryProfilingEnabled() const override { return true; }
    std::int64_t now = 0;
    std::int64_t peak = 0;
  };
  std::shared_ptr<Count> count_ = std::make_shared<Count>();
  c10::DebugInfoGuard guard_{c10::DebugInfoKind::PROFILER_STATE, count_};
};

}  // namespace dpsbench
