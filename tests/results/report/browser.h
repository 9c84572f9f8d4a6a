#pragma once
#include <fmt/format.h>

#include <cstdlib>
#include <filesystem>
#include <string>

#include "results/files/durable_file.h"

namespace dpsbench::testing {

/// Whether Chromium is at hand.
inline bool has_browser() { return std::system("command -v chromium >/dev/null") == 0; }

inline std::string file_text(const std::filesystem::path& file) {
  const Bytes bytes = read_bytes(file);
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// What a page became once its scripts had run, and what they said.
struct Loaded {
  std::string dom;
  std::string log;
  int status = 0;
};

/// Headless Chromium on a file of the folder, at a size that it must not go below 500 x 400.
inline Loaded load_file(const std::filesystem::path& folder, const std::string& file, int width = 1440) {
  const std::string command = fmt::format(
      "timeout 240 chromium --headless --no-sandbox --disable-gpu --virtual-time-budget=4000 --window-size={2},900 "
      "--user-data-dir={0}/profile --enable-logging=stderr --dump-dom 'file://{0}/{1}' >{0}/dom 2>{0}/log",
      folder.string(), file, width);
  const int status = std::system(command.c_str());
  return {file_text(folder / "dom"), file_text(folder / "log"), status};
}

/// Writes a page with a script behind its own into the folder, and loads it; `hash` is what stands behind the address.
inline Loaded load_page(const std::filesystem::path& folder, std::string page, const std::string& script,
                        const std::string& hash = "") {
  page.insert(page.rfind("</body>"), "<script>" + script + "</script>");
  write_durably(folder / "page.html", as_bytes(page));
  return load_file(folder, "page.html" + hash);
}

/// Loads a page in a frame of that width, which no window's least width limits. Its script tells the test by
/// `tell(text)`, which the frame's page keeps as data-told.
inline Loaded load_framed(const std::filesystem::path& folder, std::string page, const std::string& script, int width) {
  page.insert(page.rfind("</body>"),
              "<script>const tell = (text) => parent.postMessage(text, \"*\");" + script + "</script>");
  write_durably(folder / "page.html", as_bytes(page));
  write_durably(
      folder / "frame.html",
      as_bytes(fmt::format("<body style=\"margin:0\"><iframe src=\"page.html\" "
                           "style=\"border:0;width:{}px;height:860px\"></iframe><script>onmessage = (event) => "
                           "document.body.setAttribute(\"data-told\", event.data);</script></body>",
                           width)));
  return load_file(folder, "frame.html", width < 500 ? 500 : width);
}

}  // namespace dpsbench::testing
