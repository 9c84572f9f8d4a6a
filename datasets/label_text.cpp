#include "datasets/label_text.h"

#include <algorithm>
#include <sstream>

#include "datasets/label_font.h"

namespace dpsbench {
namespace {

/// Takes the first letter off UTF-8 text; a broken sequence gives U+FFFD.
char32_t take_letter(std::string_view& text) {
  const auto first = static_cast<unsigned char>(text.front());
  text.remove_prefix(1);
  if (first < 0x80) return first;
  const std::size_t more = first >= 0xf0 ? 3 : first >= 0xe0 ? 2 : first >= 0xc0 ? 1 : 0;
  if (more == 0 || text.size() < more) return 0xfffd;
  char32_t code = first & (0x3fu >> more);
  for (std::size_t k = 0; k < more; ++k) code = code << 6 | (static_cast<unsigned char>(text[k]) & 0x3fu);
  text.remove_prefix(more);
  return code;
}

const Glyph& glyph_of(char32_t code) {
  const std::vector<Glyph>& glyphs = label_glyphs();
  const auto found = std::lower_bound(glyphs.begin(), glyphs.end(), code,
                                      [](const Glyph& glyph, char32_t wanted) { return glyph.code < wanted; });
  return found != glyphs.end() && found->code == code ? *found : glyph_of(U'?');
}

int coverage_of(char digit) { return digit <= '9' ? digit - '0' : digit - 'a' + 10; }

void draw_glyph(const Tensor& canvas, const Glyph& glyph, std::int64_t x, std::int64_t y, float ink) {
  auto pixels = canvas.accessor<float, 3>();
  const std::string_view coverage = glyph.coverage;
  for (std::size_t k = 0; k < coverage.size(); ++k) {
    const std::int64_t row = y + glyph.top + static_cast<std::int64_t>(k) / glyph.width;
    const std::int64_t column = x + glyph.left + static_cast<std::int64_t>(k) % glyph.width;
    if (row < 0 || row >= canvas.size(1) || column < 0 || column >= canvas.size(2)) continue;
    const float share = static_cast<float>(coverage_of(coverage[k])) / 15;
    for (std::int64_t channel = 0; channel < 3; ++channel) {
      float& value = pixels[channel][row][column];
      value = share * ink + (1 - share) * value;
    }
  }
}

}  // namespace

std::int64_t text_width(const std::string& text) {
  std::int64_t width = 0;
  for (std::string_view rest = text; !rest.empty();) width += glyph_of(take_letter(rest)).advance;
  return width;
}

std::vector<std::string> wrapped(const std::string& text, std::int64_t width) {
  std::vector<std::string> lines;
  std::istringstream paragraphs(text);
  for (std::string paragraph; std::getline(paragraphs, paragraph);) {
    std::string line;
    std::istringstream words(paragraph);
    for (std::string word; words >> word;) {
      const std::string longer = line.empty() ? word : line + " " + word;
      if (!line.empty() && text_width(longer) > width) {
        lines.push_back(line);
        line = word;
      } else {
        line = longer;
      }
    }
    lines.push_back(line);
  }
  return lines;
}

void draw_text(const Tensor& canvas, const std::string& text, std::int64_t x, std::int64_t y, float ink) {
  for (std::string_view rest = text; !rest.empty();) {
    const Glyph& glyph = glyph_of(take_letter(rest));
    draw_glyph(canvas, glyph, x, y, ink);
    x += glyph.advance;
  }
}

}  // namespace dpsbench
