#include "core/latent/latent_view.h"

namespace dpsbench {

Tensor LatentView::decoded_frames(const Tensor& frames) const {
  std::vector<Tensor> decoded;
  for (const Tensor& film : frames.to(y_.options()).unbind(0)) {
    std::vector<Tensor> images;
    for (const Tensor& frame : film.unbind(0))
      images.push_back(autoencoder_.counted().decode(frame.unsqueeze(0), Gradient::none).value[0]);
    decoded.push_back(at::stack(images));
  }
  return at::stack(decoded);
}

CodingCost LatentView::cost() const {
  const auto images = static_cast<double>(y_.size(0));
  const auto of_image = [&](std::int64_t passes) { return static_cast<double>(passes) / images; };
  return {of_image(use_.decodings), of_image(use_.decodings_back), of_image(use_.encodings),
          of_image(use_.encodings_back)};
}

void view_latents(std::optional<LatentView>& view, const Prior& prior, const Operator& op, const Tensor& y) {
  if (const LatentPrior* latent = as_latent(prior)) view.emplace(*latent, op, y);
}

}  // namespace dpsbench
