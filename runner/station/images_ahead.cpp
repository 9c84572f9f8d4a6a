#include "runner/station/images_ahead.h"

namespace dpsbench {

void ImagesAhead::read(const std::vector<std::int64_t>& positions) {
  if (reading_.valid()) reading_.get();
  now_ = std::exchange(next_, {});
  if (dataset_.drawn()) return;
  std::vector<std::packaged_task<Tensor()>> tasks;
  for (const std::int64_t position : positions) {
    tasks.emplace_back([this, position] { return dataset_.load(position); });
    next_[position] = tasks.back().get_future().share();
  }
  reading_ = std::async(std::launch::async, [tasks = std::move(tasks)]() mutable {
    for (std::packaged_task<Tensor()>& task : tasks) task();
  });
}

Tensor ImagesAhead::load(std::int64_t position) const {
  for (const Images* images : {&now_, &next_})
    if (const auto found = images->find(position); found != images->end()) return found->second.get();
  return dataset_.load(position);
}

}  // namespace dpsbench
