#pragma once
#include <map>
#include <string>
#include <vector>

#include "results/report/html.h"

namespace dpsbench {

/// The pictures of a report, each held once: equal ones share a number.
class PictureStore {
 public:
  explicit PictureStore(EncodePng encode) : encode_(std::move(encode)) {}

  /// The number of a picture [C, H, W] in [-1, 1], averaged down where its longer side exceeds `side` pixels. Pictures
  /// of other than 1 or 3 channels show their first, signals (H = 1) a graph.
  std::size_t add(const Tensor& picture, std::int64_t side);

  /// Bytes of base 64 that the page holds by now.
  [[nodiscard]] std::size_t bytes() const { return bytes_; }

  /// Adds to a text of JSON: [{png: base64, side: pixels}, ...]
  void append_json(std::string& text) const;

 private:
  struct Picture {
    std::string base64;
    std::int64_t side;
  };
  EncodePng encode_;
  std::vector<Picture> pictures_;
  std::size_t bytes_ = 0;
  std::map<std::string, std::size_t> index_;  ///< by content
};

/// Bytes as RFC 4648's base 64.
std::string base64(ByteView bytes);

}  // namespace dpsbench
