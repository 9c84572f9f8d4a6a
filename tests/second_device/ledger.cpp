#include "tests/second_device/ledger.h"

namespace dpsbench::second_device {

void Ledger::add(const std::string& name, std::int64_t launches, double bytes, double operations) {
  Account& account = accounts[name];
  ++account.calls;
  account.launches += launches;
  account.bytes += bytes;
  account.operations += operations;
}

std::int64_t Ledger::all_waits() const {
  std::int64_t all = 0;
  for (const auto& [kind, count] : waits) all += count;
  return all;
}

Account Ledger::total() const {
  Account sum;
  for (const auto& [name, account] : accounts) {
    sum.calls += account.calls;
    sum.launches += account.launches;
    sum.bytes += account.bytes;
    sum.operations += account.operations;
  }
  return sum;
}

void Ledger::clear() {
  accounts.clear();
  waits.clear();
  mixtures.clear();
  overruns.clear();
}

Ledger& ledger() {
  static auto* of_process = new Ledger;  // tensors may outlive static objects
  return *of_process;
}

}  // namespace dpsbench::second_device
