#include "results/report/picture_store.h"

#include <algorithm>

#include "core/error.h"
#include "core/sha256.h"
#include "results/figures/signal_picture.h"

namespace dpsbench {
namespace {

Tensor fitted(const Tensor& picture, std::int64_t side) {
  Tensor shown = picture_of_signal(picture).to(at::kFloat).clamp(-1, 1);
  if (shown.size(0) != 1 && shown.size(0) != 3) shown = shown.slice(0, 0, 1);
  const std::int64_t longest = std::max(shown.size(1), shown.size(2));
  if (longest <= side) return shown.contiguous();
  const auto scaled = [&](std::int64_t length) { return std::max<std::int64_t>(1, length * side / longest); };
  return at::adaptive_avg_pool2d(shown.unsqueeze(0), {scaled(shown.size(1)), scaled(shown.size(2))})
      .squeeze(0)
      .contiguous();
}

}  // namespace

std::size_t PictureStore::add(const Tensor& picture, std::int64_t side) {
  if (picture.dim() != 3) throw Error("a report's pictures are [C, H, W]");
  const Tensor shown = fitted(picture, side);
  const std::string content = sha256(shown.data_ptr(), shown.nbytes());
  const auto [found, first] = index_.try_emplace(content, pictures_.size());
  if (first) {
    pictures_.push_back({base64(encode_(shown)), std::max(shown.size(1), shown.size(2))});
    bytes_ += pictures_.back().base64.size();
  }
  return found->second;
}

void PictureStore::append_json(std::string& text) const {
  text += '[';
  for (std::size_t k = 0; k < pictures_.size(); ++k)
    text.append(k == 0 ? R"({"png":")" : R"(,{"png":")")
        .append(pictures_[k].base64)
        .append(fmt::format(R"(","side":{}}})", pictures_[k].side));
  text += ']';
}

std::string base64(ByteView bytes) {
  constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t at = 0; at < bytes.size(); at += 3) {
    const std::size_t count = std::min<std::size_t>(3, bytes.size() - at);
    unsigned word = 0;
    for (std::size_t i = 0; i < 3; ++i) word = word << 8 | (i < count ? std::to_integer<unsigned>(bytes[at + i]) : 0U);
    for (std::size_t i = 0; i < 4; ++i) text += i <= count ? letters[word >> (18 - 6 * i) & 63U] : '=';
  }
  return text;
}

}  // namespace dpsbench
