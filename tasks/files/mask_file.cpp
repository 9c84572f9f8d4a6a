#include "tasks/files/mask_file.h"

#include "core/error.h"
#include "tasks/files/array_file.h"

namespace dpsbench {
namespace {

bool is_picture(const std::string& file) { return file.ends_with("g") || file.ends_with("G"); }  // .png, .jpg, .jpeg

}  // namespace

Tensor read_masks(const GivenFile& file, const ImageShape& shape) {
  Tensor masks = read_array(file, "mask");
  if (masks.dim() < 2 || masks.dim() > 3 || masks.numel() == 0)
    throw DataError("{}: an array of {}; a mask is height x width, several are K x height x width", file.path,
                    sizes_text(masks));
  if (masks.size(-2) != shape.height || masks.size(-1) != shape.width)
    throw UserError("{}: the mask is {} x {} (height, width), but the images are {} x {}", file.path, masks.size(-2),
                    masks.size(-1), shape.height, shape.width);
  if (is_picture(file.path)) masks = (masks >= 0.5).to(at::kDouble);
  if (!((masks == 0) | (masks == 1)).all().item<bool>())
    throw DataError("{}: a mask holds 1 where a pixel is measured and 0 where it is hidden, and this holds {} too",
                    file.path, masks.masked_select((masks != 0) & (masks != 1))[0].item<double>());
  masks = masks.reshape({-1, 1, shape.height, shape.width});
  const Tensor empty = (masks.flatten(1).sum(1) == 0).nonzero();
  if (empty.numel() > 0)
    throw UserError("{}: mask {} (from 0) hides every pixel", file.path, empty.flatten()[0].item<std::int64_t>());
  return masks;
}

Tensor draw_one_of(std::int64_t count, const Noise& noise) {
  if (count == 1) return at::zeros({noise.images()}, at::kLong);
  const Tensor place = noise.uniform(Purpose::mask, 0, {1}, at::kFloat).to(at::kDouble) * static_cast<double>(count);
  return place.flatten().floor().to(at::kLong).clamp(0, count - 1);
}

}  // namespace dpsbench
