#include "core/noise.h"

#include <c10/core/impl/VirtualGuardImpl.h>

#include <numeric>

#include "core/compiled_for.h"
#include "core/error.h"
#include "core/noise_kernel.h"

namespace dpsbench {
namespace {

/// 64-bit FNV-1a, finished with a full avalanche so that similar ids share no structure.
std::uint64_t digest(const StreamId& id) {
  const std::string text = id.dataset + '\0' + id.image + '\0' + std::to_string(id.sample);
  std::uint64_t hash = 0xcbf29ce484222325u;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3u;
  hash = (hash ^ (hash >> 30)) * 0xbf58476d1ce4e5b9u;
  hash = (hash ^ (hash >> 27)) * 0x94d049bb133111ebu;
  return hash ^ (hash >> 31);
}

std::uint32_t purpose_and_step(Purpose purpose, std::int64_t step) {
  if (step < 0 || step >= (1 << 24)) throw Error(fmt::format("noise step {} is outside 0..2^24-1", step));
  return static_cast<std::uint32_t>(purpose) << 24 | static_cast<std::uint32_t>(step);
}

constexpr std::int64_t chunk = 64;  // blocks of four numbers that are worked out side by side

DPSBENCH_VECTORISED void fill_chunk(philox::Distribution distribution, const philox::Row& row, std::uint32_t first,
                                    float* __restrict__ out) {
  if (distribution == philox::Distribution::normal)
    for (std::uint32_t block = 0; block < chunk; ++block) philox::normals(row, first + block, out + 4 * block);
  else
    for (std::uint32_t block = 0; block < chunk; ++block) philox::uniforms(row, first + block, out + 4 * block);
}

void fill_on_cpu(philox::Distribution distribution, const philox::Row& row, std::int64_t elements, float* out) {
  std::int64_t start = 0;
  for (; start + 4 * chunk <= elements; start += 4 * chunk)
    fill_chunk(distribution, row, static_cast<std::uint32_t>(start / 4), out + start);
  float values[4];
  for (; start < elements; start += 4) {  // one by one: a row may be a single number
    const auto block = static_cast<std::uint32_t>(start / 4);
    if (distribution == philox::Distribution::normal)
      philox::normals(row, block, values);
    else
      philox::uniforms(row, block, values);
    std::copy_n(values, std::min<std::int64_t>(4, elements - start), out + start);
  }
}

Tensor as_tensor(const std::vector<std::uint64_t>& digests) {
  const Tensor streams = at::empty({static_cast<std::int64_t>(digests.size())}, TensorOptions().dtype(at::kLong));
  std::copy(digests.begin(), digests.end(), reinterpret_cast<std::uint64_t*>(streams.data_ptr<std::int64_t>()));
  return streams;
}

}  // namespace

PhiloxNoise::PhiloxNoise(std::uint64_t seed, const std::vector<StreamId>& streams) : seed_(seed) {
  for (const StreamId& id : streams) digests_.push_back(digest(id));
}

const Tensor& PhiloxNoise::digests_on(const at::Device& device) const {
  if (!on_device_.defined() || on_device_.device() != device) on_device_ = as_tensor(digests_).to(device);
  return on_device_;
}

Tensor PhiloxNoise::draw(philox::Distribution distribution, std::uint32_t where, const std::vector<std::int64_t>& shape,
                         const TensorOptions& options) const {
  std::vector<std::int64_t> sizes = {images()};
  sizes.insert(sizes.end(), shape.begin(), shape.end());
  const std::int64_t elements = std::accumulate(shape.begin(), shape.end(), std::int64_t{1}, std::multiplies<>());
  const Tensor out = at::empty(sizes, options.dtype(at::kFloat).requires_grad(false));
  const at::Device device = out.device();
  if (device.is_cpu()) {
    for (std::size_t image = 0; image < digests_.size(); ++image)
      fill_on_cpu(distribution, {seed_, where, digests_[image]}, elements,
                  out.data_ptr<float>() + static_cast<std::int64_t>(image) * elements);
  } else {
    const philox::Fill fill = philox::fill_of(device.type());
    if (fill == nullptr) throw Error(fmt::format("this build draws no noise on {}", device.str()));
    void* const stream = c10::impl::VirtualGuardImpl(device.type()).getStream(device).native_handle();
    fill(distribution, seed_, where, reinterpret_cast<const std::uint64_t*>(digests_on(device).const_data_ptr()),
         images(), elements, out.data_ptr<float>(), stream);
  }
  return out.to(options.dtype());
}

Tensor PhiloxNoise::normal(Purpose purpose, std::int64_t step, const std::vector<std::int64_t>& shape,
                           const TensorOptions& options) const {
  return draw(philox::Distribution::normal, purpose_and_step(purpose, step), shape, options);
}

Tensor PhiloxNoise::uniform(Purpose purpose, std::int64_t step, const std::vector<std::int64_t>& shape,
                            const TensorOptions& options) const {
  return draw(philox::Distribution::uniform, purpose_and_step(purpose, step), shape, options);
}

}  // namespace dpsbench
