#include "runner/afterwards/restored_pictures.h"

#include <fmt/format.h>

#include <algorithm>
#include <regex>

#include "datasets/contact_sheet.h"
#include "datasets/image_file.h"

namespace dpsbench {
namespace {

constexpr std::size_t most_shown = 6;  // samples on the contact sheet

/// The standard deviation over the samples as a grey picture.
struct DeviationPicture {
  Tensor picture;  ///< [1, H, W] in [-1, 1]: black 0, white `white`
  double white;    ///< as a fraction of the range of intensities from black to white
};

DeviationPicture deviation_picture(const Tensor& samples) {
  // per pixel, the root mean square of the channels' deviations; half the range is 1 in [-1, 1]
  const Tensor variance = (samples - samples.mean(0)).square().sum(0) / static_cast<double>(samples.size(0) - 1);
  const Tensor deviation = variance.mean(0, true).sqrt() / 2;
  const double greatest = deviation.max().item<double>();
  double white = 0.5;
  for (const double scale : {0.2, 0.1, 0.05, 0.02, 0.01})
    if (greatest <= scale) white = scale;
  return {(deviation / white).clamp(0, 1) * 2 - 1, white};
}

/// Whether a call of restore writes files of this name.
bool is_of_restoration(const std::string& name) {
  static const std::regex samples("sample-[1-9][0-9]*\\.png");
  return name == "mean.png" || name == "deviation.png" || name == "contact_sheet.png" ||
         std::regex_match(name, samples);
}

std::vector<std::filesystem::path> earlier_pictures(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> earlier;
  if (!std::filesystem::is_directory(folder)) return earlier;
  for (const auto& entry : std::filesystem::directory_iterator(folder))
    if (is_of_restoration(entry.path().filename().string())) earlier.push_back(entry.path());
  return earlier;
}

/// Pictures of an earlier call, which would be taken for this one's.
void remove_earlier(const std::filesystem::path& folder) {
  for (const std::filesystem::path& picture : earlier_pictures(folder)) std::filesystem::remove(picture);
}

}  // namespace

std::filesystem::path earlier_restoration(const std::filesystem::path& folder) {
  const auto earlier = earlier_pictures(folder);
  return earlier.empty() ? std::filesystem::path() : *std::ranges::min_element(earlier);
}

std::string misfit_warning(const std::vector<double>& misfits) {
  const auto off = std::ranges::count_if(misfits, [](double misfit) { return !(misfit <= most_misfit); });
  if (off == 0) return {};
  return fmt::format(
      "{} of {} samples {} more than {} sigma_y off the measurement (up to {:.1f}): the method did not follow it, or "
      "the "
      "task or sigma_y is not what degraded the picture, or no image that the prior knows is like it; ddrm (linear "
      "tasks) "
      "and daps follow closely",
      off, misfits.size(), off == 1 ? "is" : "are", most_misfit, *std::ranges::max_element(misfits));
}

std::vector<std::string> write_restoration(const Restoration& restoration, const std::filesystem::path& folder) {
  remove_earlier(folder);
  std::vector<std::string> lines;
  ContactSheet sheet;
  sheet.columns = {"measurement"};
  sheet.rows.push_back({restoration.title, {}});
  sheet.rows[0].cells.push_back({restoration.measurement, ""});
  const auto show = [&](const std::string& head, const Tensor& picture, const std::string& caption) {
    sheet.columns.push_back(head);
    sheet.rows[0].cells.push_back({picture, caption});
  };
  for (std::size_t s = 0; s < restoration.samples.size(); ++s) {
    const std::string name = fmt::format("sample-{}.png", s + 1);
    write_png(folder / name, restoration.samples[s]);
    lines.push_back(fmt::format("{}: differs from the measurement by {:.2f} sigma_y", name, restoration.misfits[s]));
    if (s < most_shown)
      show(fmt::format("sample {}", s + 1), restoration.samples[s],
           fmt::format("{:.2f} sigma_y", restoration.misfits[s]));
  }
  if (restoration.samples.size() > 1) {
    const Tensor samples = at::stack(restoration.samples).to(at::kCPU, at::kDouble);
    const Tensor mean = samples.mean(0);
    const auto [picture, white] = deviation_picture(samples);
    write_png(folder / "mean.png", mean);
    write_png(folder / "deviation.png", picture);
    lines.push_back(fmt::format("mean.png: the mean of the {} samples", restoration.samples.size()));
    lines.push_back(
        fmt::format("deviation.png: the samples' standard deviation at each pixel, root mean square of the channels; "
                    "black is 0, white is {} of the range from black to white ({:.1f} of 255 levels)",
                    white, white * 255));
    show("mean", mean, "");
    show("deviation", picture, fmt::format("white {}", white));
  }
  write_png(folder / "contact_sheet.png", draw_contact_sheet(sheet));
  lines.emplace_back("contact_sheet.png: all of these beside each other");
  return lines;
}

}  // namespace dpsbench
