#include "runner/station/images_ahead.h"

#include <gmock/gmock.h>

#include <mutex>
#include <thread>

#include "core/error.h"
#include "datasets/image_source.h"
#include "tests/message_of.h"

namespace dpsbench {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

/// Six images of which each is its position; notes who reads which, and may be told to wait.
class NotedSource final : public ImageSource {
 public:
  NotedSource() : ImageSource(position_ids(6)) {}

  [[nodiscard]] std::string content(std::int64_t position) const override {
    if (position == 5) throw DataError("image 5 is damaged");
    if (position == held_) free_.wait();
    const std::scoped_lock lock(mutex_);
    (std::this_thread::get_id() == caller_ ? by_caller_ : ahead_).push_back(position);
    return std::to_string(position);
  }
  [[nodiscard]] ImageShape shape(const std::string&, std::int64_t) const override { return {1, 2, 2}; }
  [[nodiscard]] Tensor decode(const std::string& content, std::int64_t) const override {
    return at::full({1, 2, 2}, std::stod(content) / 10);
  }
  [[nodiscard]] std::string describe(std::int64_t position) const override { return id(position); }

  void hold(std::int64_t position) { held_ = position; }
  void let_go() { freed_.set_value(); }
  [[nodiscard]] std::vector<std::int64_t> ahead() const {
    const std::scoped_lock lock(mutex_);
    return ahead_;
  }
  [[nodiscard]] std::vector<std::int64_t> by_caller() const { return by_caller_; }

 private:
  std::thread::id caller_ = std::this_thread::get_id();
  std::int64_t held_ = -1;
  std::promise<void> freed_;
  std::shared_future<void> free_ = freed_.get_future().share();
  mutable std::mutex mutex_;
  mutable std::vector<std::int64_t> ahead_;
  mutable std::vector<std::int64_t> by_caller_;
};

struct Images {
  std::shared_ptr<NotedSource> source = std::make_shared<NotedSource>();
  Dataset dataset;

  explicit Images(bool drawn = false) : dataset(Dataset::of(spec(drawn), source)) {}
  static DatasetSpec spec(bool drawn) {
    DatasetSpec spec;
    spec.name = "noted";
    spec.channels = 1;
    spec.drawn = drawn;
    return spec;
  }
};

TEST(ImagesAhead, AreReadOnceByAnotherThreadAndAreTheDataSetsOwn) {
  const Images images;
  ImagesAhead ahead(images.dataset);
  ahead.read({1, 2});
  ahead.read({3, 4});
  std::vector<Tensor> loaded;
  for (const std::int64_t i : {1, 2, 1, 3, 0}) loaded.push_back(ahead.load(i));
  EXPECT_THAT(images.source->by_caller(), ElementsAre(0));  // nobody guessed it
  (void)ahead.load(4);
  EXPECT_THAT(images.source->ahead(), ElementsAre(1, 2, 3, 4));
  std::size_t k = 0;
  for (const std::int64_t i : {1, 2, 1, 3, 0}) EXPECT_TRUE(at::equal(loaded[k++], images.dataset.load(i)));
}

TEST(ImagesAhead, AnImageIsThereBeforeThoseBehindIt) {
  Images images;
  images.source->hold(2);
  ImagesAhead ahead(images.dataset);
  ahead.read({1, 2});
  EXPECT_EQ(ahead.load(1).flatten()[0].item<float>(), 0.1F);
  EXPECT_THAT(images.source->ahead(), ElementsAre(1));
  images.source->let_go();
  EXPECT_EQ(ahead.load(2).flatten()[0].item<float>(), 0.2F);
}

TEST(ImagesAhead, ADamagedImageIsToldWhenItIsAskedForEachTime) {
  const Images images;
  ImagesAhead ahead(images.dataset);
  ahead.read({5, 0});
  for (int k = 0; k < 2; ++k)
    EXPECT_THAT(message_of<DataError>([&] { (void)ahead.load(5); }), HasSubstr("image 5 is damaged"));
  EXPECT_EQ(ahead.load(0).flatten()[0].item<float>(), 0.0F);
  EXPECT_THAT(images.source->ahead(), ElementsAre(0));
}

TEST(ImagesAhead, DrawnImagesAreNotReadAhead) {
  const Images images(true);
  ImagesAhead ahead(images.dataset);
  ahead.read({1, 2});
  (void)ahead.load(1);
  EXPECT_THAT(images.source->by_caller(), ElementsAre(1));
  EXPECT_TRUE(images.source->ahead().empty());
}

}  // namespace
}  // namespace dpsbench
