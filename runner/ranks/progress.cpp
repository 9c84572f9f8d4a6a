#include "runner/ranks/progress.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>

#include "core/words/printable.h"
#include "core/words/tell.h"

namespace dpsbench {
namespace {

constexpr auto between_bars = std::chrono::milliseconds(200);
constexpr auto between_lines = std::chrono::seconds(10);
constexpr int bar_width = 28;

}  // namespace

std::string duration_text(double seconds) {
  const auto whole = static_cast<std::int64_t>(std::llround(std::max(0.0, seconds)));
  if (whole < 60) return fmt::format("{} s", whole);
  if (whole < 3600) return fmt::format("{} min {:02} s", whole / 60, whole % 60);
  if (whole < 86400) return fmt::format("{} h {:02} min", whole / 3600, whole % 3600 / 60);
  return fmt::format("{} d {} h", whole / 86400, whole % 86400 / 3600);
}

Progress::Progress(double total, double finished, std::size_t units, std::size_t finished_units, std::FILE* out)
    : total_(total),
      finished_(finished),
      units_(units),
      ended_units_(finished_units),
      out_(out),
      terminal_(out != nullptr && isatty(fileno(out)) != 0) {}

Progress::~Progress() { clear_bar(); }

void Progress::step(double cost, double fraction) {
  const std::lock_guard lock(mutex_);
  under_way_ = cost * fraction;
  show_if_due(false);
}

void Progress::unit_ended(double cost, std::size_t failures) {
  const std::lock_guard lock(mutex_);
  done_ += cost;
  ++ended_units_;
  failures_ += failures;
  show_if_due(ended_units_ == units_);
}

void Progress::tick() {
  const std::lock_guard lock(mutex_);
  show_if_due(false);
}

void Progress::line(const std::string& text) {
  const std::lock_guard lock(mutex_);
  clear_bar();
  put_text(out_, printable(text, "\n\t") + "\n");
}

void Progress::show_if_due(bool now) {
  if (out_ == nullptr) return;
  const Clock::time_point time = Clock::now();
  if (!now && (terminal_ ? time - shown_ < between_bars : time - shown_ < between_lines)) return;
  shown_ = time;
  if (terminal_) {
    const double fraction = total_ > 0 ? (finished_ + done_ + under_way_) / total_ : 1;
    const int filled = static_cast<int>(std::clamp(fraction, 0.0, 1.0) * bar_width);
    put_text(out_, fmt::format("\r\x1b[K[{:#<{}}{:.<{}}] {}", "", filled, "", bar_width - filled, status()));
    bar_shown_ = true;
  } else {
    put_text(out_, fmt::format("{}\n", status()));
  }
}

std::string Progress::status() const {
  const double seconds = std::chrono::duration<double>(Clock::now() - started_).count();
  const double ahead = std::max(0.0, total_ - finished_ - done_ - under_way_);
  const double worked = done_ + under_way_;
  std::string text =
      fmt::format("{:5.1f} %  {}/{} units", total_ > 0 ? 100 * (1 - ahead / total_) : 100.0, ended_units_, units_);
  if (failures_ > 0) text += fmt::format(", {} image{} failed", failures_, failures_ == 1 ? "" : "s");
  text += fmt::format(", {} so far", duration_text(seconds));
  if (worked > 0 && ahead > 0) text += fmt::format(", about {} left", duration_text(seconds * ahead / worked));
  return text;
}

void Progress::clear_bar() {
  if (bar_shown_) put_text(out_, "\r\x1b[K");
  bar_shown_ = false;
}

}  // namespace dpsbench
