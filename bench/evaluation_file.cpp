#include "bench/evaluation_file.h"

#include "core/noise.h"
#include "priors/weights/safetensors.h"

namespace dpsbench {

void write_evaluation(const std::string& path, const Prior& prior, std::int64_t batch) {
  std::vector<StreamId> streams;
  for (std::int64_t i = 0; i < batch; ++i) streams.push_back({"bench", std::to_string(i), 0});
  const ImageShape shape = prior.shape();
  const Tensor x =
      PhiloxNoise(0, streams).normal(Purpose::initial, 0, {shape.channels, shape.height, shape.width}, prior.options());
  const Evaluation at = prior.evaluate(x, NoiseSchedule::linear().level(500), Gradient::wanted);
  write_safetensors(path, {{"x", x}, {"eps", at.eps}, {"pulled_back", at.pull_back({at.eps}).front()}});
}

}  // namespace dpsbench
