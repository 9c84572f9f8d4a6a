#include "runner/work/unit_writer.h"

#include <gmock/gmock.h>

#include <atomic>
#include <future>

#include "core/error.h"
#include "tests/message_of.h"

namespace dpsbench {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

UnitResult result_of(const std::string& unit) {
  UnitResult result;
  result.record.unit_id = unit;
  return result;
}

TEST(UnitWriter, FinishWaitsUntilEveryUnitIsWrittenInItsOrder) {
  std::vector<std::string> written;
  UnitWriter writer([&](const UnitResult& unit) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
    written.push_back(unit.record.unit_id);
  });
  for (const char* unit : {"a", "b", "c", "d"}) writer.put(result_of(unit));
  writer.finish();
  EXPECT_THAT(written, ElementsAre("a", "b", "c", "d"));
}

TEST(UnitWriter, WritesWhileTheCallerGoesOnAndTakesNoSecondUnitMeanwhile) {
  std::promise<void> storage_free;
  const std::shared_future<void> free = storage_free.get_future().share();
  std::atomic<int> written = 0;
  UnitWriter writer([&](const UnitResult&) {
    free.wait();
    ++written;
  });
  writer.put(result_of("being written"));
  EXPECT_EQ(written, 0);
  std::future<void> second = std::async(std::launch::async, [&] { writer.put(result_of("no room")); });
  EXPECT_EQ(second.wait_for(std::chrono::milliseconds(50)), std::future_status::timeout);
  storage_free.set_value();
  second.get();
  writer.finish();
  EXPECT_EQ(written, 2);
}

TEST(UnitWriter, TellsOfAFailedWriteAndWritesNothingMore) {
  std::vector<std::string> tried;
  UnitWriter writer([&](const UnitResult& unit) {
    tried.push_back(unit.record.unit_id);
    throw DataError("units/{}.h5: no space left on device", unit.record.unit_id);
  });
  writer.put(result_of("a"));
  EXPECT_THAT(message_of<DataError>([&] { writer.finish(); }), HasSubstr("units/a.h5: no space left"));
  EXPECT_THAT(message_of<DataError>([&] { writer.put(result_of("b")); }), HasSubstr("units/a.h5"));
  EXPECT_THAT(tried, ElementsAre("a"));
}

TEST(UnitWriter, WritesWhatWasPutBeforeItEnds) {
  std::vector<std::string> written;
  {
    UnitWriter writer([&](const UnitResult& unit) { written.push_back(unit.record.unit_id); });
    writer.put(result_of("last"));
  }
  EXPECT_THAT(written, ElementsAre("last"));
}

}  // namespace
}  // namespace dpsbench
