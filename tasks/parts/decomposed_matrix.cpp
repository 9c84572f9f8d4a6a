#include "tasks/parts/decomposed_matrix.h"

#include <deque>
#include <mutex>

namespace dpsbench {
namespace {

constexpr std::size_t remembered = 8;  ///< a matrix an axis, of a few tasks

class Memory {
 public:
  std::shared_ptr<const DecomposedMatrix> find(const Tensor& matrix) {
    const std::scoped_lock lock(mutex_);
    for (const Entry& entry : entries_)
      if (at::equal(entry.matrix, matrix)) return entry.parts;
    return nullptr;
  }
  void add(const Tensor& matrix, std::shared_ptr<const DecomposedMatrix> parts) {
    const std::scoped_lock lock(mutex_);
    entries_.push_front({matrix.clone(), std::move(parts)});
    if (entries_.size() > remembered) entries_.pop_back();
  }

 private:
  struct Entry {
    Tensor matrix;
    std::shared_ptr<const DecomposedMatrix> parts;
  };
  std::mutex mutex_;
  std::deque<Entry> entries_;  ///< the latest first
};

}  // namespace

std::shared_ptr<const DecomposedMatrix> decomposed(const Tensor& matrix) {
  static Memory memory;
  if (auto parts = memory.find(matrix)) return parts;
  const auto [u, s, v_transposed] = at::linalg_svd(matrix, /*full_matrices=*/true);
  auto parts =
      std::make_shared<const DecomposedMatrix>(DecomposedMatrix{u.contiguous(), s, v_transposed.t().contiguous()});
  memory.add(matrix, parts);
  return parts;
}

}  // namespace dpsbench
