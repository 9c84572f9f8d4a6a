#include "priors/unet/options.h"

#include <charconv>
#include <cmath>

#include "core/error.h"

namespace dpsbench {
namespace {

UNetOptions adm256(std::int64_t num_channels, std::int64_t num_res_blocks, std::vector<std::int64_t> attention) {
  UNetOptions options;
  options.image_size = 256;
  options.num_channels = num_channels;
  options.num_res_blocks = num_res_blocks;
  options.attention_resolutions = std::move(attention);
  options.num_head_channels = 64;
  return checked(options);
}

UNetOptions photo32() {
  UNetOptions options;
  options.image_size = 32;
  options.num_channels = 32;
  options.channel_mult = {1, 1, 2};
  options.attention_resolutions = {8};
  options.num_head_channels = 32;
  return checked(options);
}

std::vector<double> default_channel_mult(std::int64_t image_size) {
  switch (image_size) {
    case 512:
      return {0.5, 1, 1, 2, 2, 4, 4};
    case 256:
      return {1, 1, 2, 2, 4, 4};
    case 128:
      return {1, 1, 2, 3, 4};
    case 64:
      return {1, 2, 3, 4};
    default:
      throw UserError("channel_mult must be given for image_size {}; only 64, 128, 256 and 512 have a default",
                      image_size);
  }
}

void check_range(const char* name, std::int64_t value, std::int64_t least, std::int64_t greatest) {
  if (value < least || value > greatest)
    throw UserError("{} is {}, allowed are {} to {}", name, value, least, greatest);
}

void check_width(const UNetOptions& options, double mult) {
  const double channels = mult * static_cast<double>(options.num_channels);
  const auto least = static_cast<double>(options.norm_group_channels == 1 ? options.norm_num_groups : 2);
  if (!(channels >= least && channels <= 65536) || std::fmod(std::floor(channels), least) != 0)
    throw UserError("num_channels {} times channel_mult {} is not a multiple of {} up to 65536", options.num_channels,
                    mult, least);
  const auto width = static_cast<std::int64_t>(channels);
  const bool by_channels = options.num_head_channels != -1;
  if (width % (by_channels ? options.num_head_channels : options.num_heads) != 0)
    throw UserError("{} is {}, which does not divide the {} channels of a level",
                    by_channels ? "num_head_channels" : "num_heads",
                    by_channels ? options.num_head_channels : options.num_heads, width);
}

/// That groups divide what is normalised: the channels of each level, and of two levels side by side.
void check_groups(const UNetOptions& options) {
  std::vector<std::int64_t> widths{0};
  if (options.stem_unmultiplied) widths.push_back(options.num_channels);
  for (const double mult : options.channel_mult)
    widths.push_back(static_cast<std::int64_t>(mult * static_cast<double>(options.num_channels)));
  for (const std::int64_t a : widths)
    for (const std::int64_t b : widths)
      if (a + b > 0 && (options.groups_of(a + b).count < 1 || (a + b) % options.groups_of(a + b).count != 0))
        throw UserError(
            "norm_num_groups {} and norm_group_channels {} make {} groups of {} channels, which they do not "
            "divide",
            options.norm_num_groups, options.norm_group_channels, options.groups_of(a + b).count, a + b);
}

template <typename Number>
std::vector<Number> parse_list(const char* name, const std::string& text) {
  std::vector<Number> numbers;
  std::size_t start = 0;
  while (start <= text.size() && !text.empty()) {
    const std::size_t comma = std::min(text.find(',', start), text.size());
    std::string part = text.substr(start, comma - start);
    part.erase(0, part.find_first_not_of(' '));
    part.erase(part.find_last_not_of(' ') + 1);
    Number number{};
    const auto [end, error] = std::from_chars(part.data(), part.data() + part.size(), number);
    if (error != std::errc{} || end != part.data() + part.size() || !(number > 0))
      throw UserError("{} is '{}', wanted positive numbers separated by commas", name, text);
    numbers.push_back(number);
    start = comma + 1;
  }
  return numbers;
}

}  // namespace

UNetOptions unet_preset(const std::string& name) {
  if (name == "ffhq256") return adm256(128, 1, {16});
  if (name == "imagenet256") return adm256(256, 2, {32, 16, 8});
  if (name == "photo32") return photo32();
  throw UserError("preset '{}' is unknown; there are {}", name, fmt::join(unet_preset_names(), ", "));
}

const std::vector<std::string>& unet_preset_names() {
  static const std::vector<std::string> names{"ffhq256", "imagenet256", "photo32"};
  return names;
}

UNetOptions checked(UNetOptions options) {
  check_range("image_size", options.image_size, 1, 4096);
  check_range("in_channels", options.in_channels, 1, 64);
  check_range("num_channels", options.num_channels, 2, 4096);
  check_range("num_res_blocks", options.num_res_blocks, 1, 16);
  check_range("num_heads", options.num_heads, 1, 1024);
  check_range("norm_num_groups", options.norm_num_groups, 1, 1024);
  check_range("norm_group_channels", options.norm_group_channels, 1, 1024);
  if (!(options.norm_eps > 0 && options.norm_eps <= 1))
    throw UserError("norm_eps is {}, allowed are above 0 to 1", options.norm_eps);
  check_range("freq_shift", options.freq_shift, 0, 1);
  if (options.freq_shift == 1) check_range("num_channels with freq_shift 1", options.num_channels, 4, 4096);
  if (!(options.skip_scale > 0 && options.skip_scale <= 1))
    throw UserError("skip_scale is {}, allowed are above 0 to 1", options.skip_scale);
  if (options.smooth_resampling && !options.resblock_updown)
    throw UserError(
        "smooth_resampling is true: it needs resblock_updown true, for it is residual blocks that resample so");
  if (options.fourier && options.noise_map) throw UserError("fourier is true; with noise_map allowed is false");
  check_range("downsample_padding", options.downsample_padding, 0, 1);
  check_range("context_dim", options.context_dim, 0, 65536);
  check_range("context_tokens", options.context_tokens, 1, 65536);
  if (options.context_dim > 0 && options.skip_scale != 1)
    throw UserError("skip_scale is {}; with context_dim allowed is 1", options.skip_scale);
  if (options.num_head_channels != -1) check_range("num_head_channels", options.num_head_channels, 1, 4096);
  if (!(options.dropout >= 0 && options.dropout < 1))
    throw UserError("dropout is {}, allowed are 0 to below 1", options.dropout);
  if (options.noise_map && options.num_channels % 4 != 0)
    throw UserError("num_channels is {}; with noise_map allowed are multiples of 4", options.num_channels);
  if (options.channel_mult.empty()) options.channel_mult = default_channel_mult(options.image_size);
  check_range("the number of levels in channel_mult", static_cast<std::int64_t>(options.channel_mult.size()), 1, 10);
  for (const double mult : options.channel_mult) check_width(options, mult);
  check_groups(options);
  const std::int64_t factor = std::int64_t{1} << (options.channel_mult.size() - 1);
  if (options.image_size % factor != 0)
    throw UserError("image_size {} cannot be halved {} times, as the {} levels of channel_mult ask", options.image_size,
                    options.channel_mult.size() - 1, options.channel_mult.size());
  for (const std::int64_t resolution : options.attention_resolutions)
    check_range("attention_resolutions", resolution, 1, options.image_size);
  return options;
}

std::vector<double> parse_channel_mult(const std::string& text) { return parse_list<double>("channel_mult", text); }

std::vector<std::int64_t> parse_attention_resolutions(const std::string& text) {
  return parse_list<std::int64_t>("attention_resolutions", text);
}

}  // namespace dpsbench
