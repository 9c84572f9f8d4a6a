#include "datasets/contact_sheet.h"

#include <algorithm>

#include "core/error.h"
#include "datasets/label_font.h"
#include "datasets/label_text.h"
#include "datasets/resize.h"

namespace dpsbench {
namespace {

constexpr std::int64_t kMargin = 16;
constexpr std::int64_t kGap = 8;
constexpr std::int64_t kWidestLabel = 170;
constexpr float kPaper = 0.97f;
constexpr float kInk = -0.7f;
constexpr float kFrame = 0.6f;

/// Where things lie, in pixels.
struct Layout {
  std::int64_t side = 0;           ///< of a picture's place
  std::int64_t label_width = 0;    ///< of the column of row labels, gap included
  std::int64_t header_height = 0;  ///< of the headings, gap included
  std::int64_t row_height = 0;     ///< of a row of pictures with captions, gap included
  std::int64_t width = 0;
  std::int64_t height = 0;
};

std::int64_t longest_side(const Tensor& image) { return std::max(image.size(1), image.size(2)); }

/// The factor that brings a picture of `side` pixels nearest to `wanted` (at least 1).
std::int64_t enlargement(std::int64_t side, std::int64_t wanted) {
  return std::max<std::int64_t>(1, (wanted + side / 2) / side);
}

std::int64_t height_of(const std::vector<std::string>& lines) {
  return kLineHeight * static_cast<std::int64_t>(lines.size());
}

Layout lay_out(const ContactSheet& sheet) {
  Layout layout;
  std::int64_t largest = 0;
  bool captions = false;
  for (const ContactRow& row : sheet.rows) {
    if (row.cells.size() > sheet.columns.size())
      throw Error(fmt::format("a contact sheet of {} columns has a row of {} pictures", sheet.columns.size(),
                              row.cells.size()));
    for (const std::string& line : wrapped(row.label, kWidestLabel))
      layout.label_width = std::max(layout.label_width, text_width(line) + kGap + kGap / 2);
    for (const ContactCell& cell : row.cells) {
      if (cell.image.defined()) largest = std::max(largest, longest_side(cell.image));
      captions = captions || !cell.caption.empty();
    }
  }
  if (largest == 0) throw Error("a contact sheet without pictures");
  layout.side = largest * enlargement(largest, sheet.cell_side);
  for (const std::string& heading : sheet.columns)
    layout.header_height = std::max(layout.header_height, height_of(wrapped(heading, layout.side)));
  if (layout.header_height > 0) layout.header_height += kGap;
  layout.row_height = layout.side + kGap + (captions ? kLineHeight : 0);
  const auto columns = static_cast<std::int64_t>(sheet.columns.size());
  const auto rows = static_cast<std::int64_t>(sheet.rows.size());
  layout.width = 2 * kMargin + layout.label_width + columns * (layout.side + kGap) - kGap;
  layout.height = 2 * kMargin + layout.header_height + rows * layout.row_height - kGap;
  return layout;
}

/// Lines centred on x, from y downwards.
void draw_centred(const Tensor& canvas, const std::vector<std::string>& lines, std::int64_t x, std::int64_t y) {
  for (const std::string& line : lines) {
    draw_text(canvas, line, x - text_width(line) / 2, y, kInk);
    y += kLineHeight;
  }
}

/// A picture in the middle of the place whose upper left corner is (x, y), with a thin frame around it.
void draw_picture(const Tensor& canvas, const Tensor& image, std::int64_t x, std::int64_t y, std::int64_t side) {
  const std::int64_t factor = std::max<std::int64_t>(1, side / longest_side(image));
  const Tensor bounded = image.detach().to(at::kCPU, at::kFloat).nan_to_num(-1).clamp(-1, 1);
  const Tensor large = with_channels(bounded, 3).repeat_interleave(factor, 1).repeat_interleave(factor, 2);
  const std::int64_t left = x + (side - large.size(2)) / 2;
  const std::int64_t top = y + (side - large.size(1)) / 2;
  canvas.narrow(1, top - 1, large.size(1) + 2).narrow(2, left - 1, large.size(2) + 2).fill_(kFrame);
  canvas.narrow(1, top, large.size(1)).narrow(2, left, large.size(2)).copy_(large);
}

void draw_row(const Tensor& canvas, const ContactRow& row, const Layout& layout, std::int64_t y) {
  const std::vector<std::string> lines = wrapped(row.label, kWidestLabel);
  std::int64_t line_y = y + (layout.side - height_of(lines)) / 2;
  for (const std::string& line : lines) {
    draw_text(canvas, line, kMargin, line_y, kInk);
    line_y += kLineHeight;
  }
  std::int64_t x = kMargin + layout.label_width;
  for (const ContactCell& cell : row.cells) {
    if (cell.image.defined()) draw_picture(canvas, cell.image, x, y, layout.side);
    draw_centred(canvas, {cell.caption}, x + layout.side / 2, y + layout.side + 2);
    x += layout.side + kGap;
  }
}

}  // namespace

Tensor draw_contact_sheet(const ContactSheet& sheet) {
  const Layout layout = lay_out(sheet);
  const Tensor canvas = at::full({3, layout.height, layout.width}, kPaper, at::kFloat);
  std::int64_t x = kMargin + layout.label_width + layout.side / 2;
  for (const std::string& heading : sheet.columns) {
    const std::vector<std::string> lines = wrapped(heading, layout.side);
    draw_centred(canvas, lines, x, kMargin + layout.header_height - kGap - height_of(lines));  // bottoms in one line
    x += layout.side + kGap;
  }
  std::int64_t y = kMargin + layout.header_height;
  for (const ContactRow& row : sheet.rows) {
    draw_row(canvas, row, layout, y);
    y += layout.row_height;
  }
  return canvas;
}

}  // namespace dpsbench
