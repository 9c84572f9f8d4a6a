#include "priors/drawn_images.h"

namespace dpsbench {
namespace {

constexpr std::int64_t most_drawn = 100000;  // ids have five digits

class DrawnSource final : public ImageSource {
 public:
  DrawnSource(std::string dataset, std::uint64_t seed, const TractablePrior& law)
      : ImageSource(position_ids(most_drawn)), dataset_(std::move(dataset)), seed_(seed), law_(law) {}

  /// What makes the image what it is: the law's file and the seed have digests of their own.
  [[nodiscard]] std::string content(std::int64_t position) const override {
    return fmt::format("drawn {} {}", dataset_, id(position));
  }
  [[nodiscard]] ImageShape shape(const std::string&, std::int64_t) const override { return law_.shape(); }
  [[nodiscard]] Tensor decode(const std::string&, std::int64_t position) const override {
    // chains draw from sample 1 on, measurements for other purposes: x_0 of sample 0 is the truth
    const PhiloxNoise noise(seed_, {{dataset_, id(position), 0}});
    return law_.sample(noise, Purpose::initial, 0)[0].to(at::kCPU, at::kFloat);
  }
  [[nodiscard]] std::string describe(std::int64_t position) const override {
    return fmt::format("image {} drawn for {}", id(position), dataset_);
  }

 private:
  std::string dataset_;
  std::uint64_t seed_;
  const TractablePrior& law_;
};

}  // namespace

std::shared_ptr<const ImageSource> drawn_images(const std::string& dataset, std::uint64_t seed,
                                                const TractablePrior& law) {
  return std::make_shared<DrawnSource>(dataset, seed, law);
}

}  // namespace dpsbench
