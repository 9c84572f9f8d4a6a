#!/usr/bin/env python3
"""Rasterises the letters of contact sheets into datasets/label_font.cpp. Needs Pillow and Debian's fonts-dejavu-core."""
import pathlib

from PIL import Image, ImageDraw, ImageFont

FONT = "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"
SIZE = 15
LETTERS = [chr(code) for code in range(32, 127)] + list("°±²·×αβζηλμσω–—′…→≤≥")

HEADER = """// Made by scripts/make_label_font.py: DejaVu Sans at {size} pixels.
// DejaVu Sans: (c) 2003 Bitstream, Inc., Bitstream Vera licence; the DejaVu changes are in the public domain.
#include "datasets/label_font.h"

namespace dpsbench {{

// clang-format off
const std::vector<Glyph>& label_glyphs() {{
  static const std::vector<Glyph> glyphs = {{
{glyphs}
  }};
  return glyphs;
}}

}}  // namespace dpsbench
"""


def glyph(font, letter):
    ascent, descent = font.getmetrics()
    canvas = Image.new("L", (3 * SIZE, ascent + descent), 0)
    ImageDraw.Draw(canvas).text((SIZE, 0), letter, font=font, fill=255)
    left, top, right, bottom = canvas.getbbox() or (SIZE, 0, SIZE, 0)
    pixels = canvas.crop((left, top, right, bottom))
    coverage = "".join("%x" % ((value + 8) // 17) for value in pixels.tobytes())
    advance = round(font.getlength(letter))
    return '    {%d, %d, %d, %d, %d, "%s"},' % (ord(letter), advance, left - SIZE, top, right - left, coverage)


def main():
    font = ImageFont.truetype(FONT, SIZE, layout_engine=ImageFont.Layout.BASIC)
    lines = "\n".join(glyph(font, letter) for letter in LETTERS)
    target = pathlib.Path(__file__).parent.parent / "datasets" / "label_font.cpp"
    target.write_text(HEADER.format(size=SIZE, glyphs=lines), encoding="utf-8")
    print("line height:", sum(font.getmetrics()))


main()
