#include "runner/afterwards/own_measurement.h"

#include "core/error.h"
#include "datasets/exif.h"
#include "datasets/image_file.h"
#include "datasets/resize.h"
#include "runner/afterwards/fitted_picture.h"
#include "tasks/parts/mask_operator.h"

namespace dpsbench {
namespace {

/// Refuses what no file could mend.
void require_picture_task(const TaskEntry& task, bool has_mask) {
  if (!task.measures.empty())
    throw UserError("task '{}' measures {}: a picture is no measurement of it", task.name, task.measures);
  const bool takes_mask = task.drawn == "mask";
  if (takes_mask && !has_mask)
    throw UserError(
        "task '{}' draws its mask at random, and what your picture lacks is something else: give its mask "
        "with --mask M.png (white: known, black: missing)",
        task.name);
  if (has_mask && !takes_mask)
    throw UserError("--mask: task '{}' has no mask of pixels to choose; tasks with one: inpainting, box_inpainting",
                    task.name);
  if (!task.drawn.empty() && !takes_mask)
    throw UserError(
        "task '{}' draws its {} at random, and your picture was made by another: it is no measurement of it", task.name,
        task.drawn);
}

std::string size_text(const ImageShape& image) { return fmt::format("{} x {}", image.height, image.width); }

/// White is known: [1, H, W] of 0 and 1, of the picture's size.
Tensor read_mask(const std::filesystem::path& file, const ImageShape& of_picture) {
  const std::string content = read_file(file);
  const ImageShape found = encoded_shape(content, file.string());
  if (found.height != of_picture.height || found.width != of_picture.width)
    throw UserError("{}: the mask is {} pixels (height, width), but the picture is {}", file.string(), size_text(found),
                    size_text(of_picture));
  const Tensor mask = (with_channels(decode_image(content, file.string()), 1) >= 0).to(at::kFloat);
  if (mask.sum().item<float>() == 0)
    throw UserError("{}: the mask is black everywhere, so nothing is known; white pixels are the known ones",
                    file.string());
  return mask;
}

/// A picture with the colours that a measurement of the task has.
Tensor with_right_colours(const TaskEntry& task, const std::filesystem::path& file, const Tensor& picture,
                          std::int64_t channels) {
  const bool grey = picture.size(0) == 1 || (picture - picture.narrow(0, 0, 1)).abs().max().item<float>() == 0;
  if (task.measures_grey && !grey)
    throw UserError("{}: has colours already, and task '{}' starts from a grey picture", file.string(), task.name);
  if (picture.size(0) > channels && !grey)
    throw UserError("{}: has colours, and the prior's images are grey", file.string());
  return with_channels(grey ? picture.narrow(0, 0, 1) : picture, channels);
}

}  // namespace

OwnMeasurement read_own_measurement(const TaskEntry& task, const OptionValues& options, const ImageShape& shape,
                                    const std::filesystem::path& picture, const std::filesystem::path& mask,
                                    OtherSizes other_sizes, const TensorOptions& type) {
  require_picture_task(task, !mask.empty());
  OwnMeasurement own;
  const PhiloxNoise unused(0, {{"restore", "measurement", 0}});
  if (mask.empty()) own.op = task.bind(options, shape, unused, type);
  const std::vector<std::int64_t> wanted =
      own.op ? own.op->measurement_shape() : std::vector<std::int64_t>{shape.channels, shape.height, shape.width};
  const std::string content = read_file(picture);
  ImageShape found = encoded_shape(content, picture.string());
  if (lies_on_its_side(orientation_of(content))) std::swap(found.height, found.width);
  if (other_sizes == OtherSizes::refused && (found.height != wanted[1] || found.width != wanted[2]))
    throw UserError("{}: is {} pixels (height, width), but task '{}' on this prior's {} x {} images measures {} x {}",
                    picture.string(), size_text(found), task.name, shape.height, shape.width, wanted[1], wanted[2]);
  const Tensor known = mask.empty() ? Tensor() : read_mask(mask, found);
  const Tensor colours = with_right_colours(task, picture, decode_upright(content, picture.string()), wanted[0]);
  const FittedPictures fitted = fit(colours, known, wanted[1], wanted[2]);
  own.fitted = fitted.done;
  own.y = fitted.picture.unsqueeze(0).to(type);
  if (!fitted.mask.defined()) return own;
  const Tensor seen = fitted.mask.unsqueeze(0).to(type);
  if (seen.sum().item<float>() == 0)
    throw UserError("{}: once resampled to {} x {}, no pixel is wholly known; cut the picture to what matters",
                    mask.string(), wanted[1], wanted[2]);
  own.missing = 1 - seen.mean().item<double>();
  own.op = std::make_unique<MaskOperator>(seen, shape);
  own.y = own.y * seen;
  return own;
}

}  // namespace dpsbench
