#pragma once
#include <hdf5.h>

#include <mutex>
#include <string>
#include <utility>

#include "core/files/hdf5_lock.h"

namespace dpsbench {

/// An HDF5 identifier that closes itself.
class Hdf5Object {
 public:
  Hdf5Object(hid_t id, herr_t (*close)(hid_t)) : id_(id), close_(close) {}
  Hdf5Object(Hdf5Object&& other) noexcept : id_(std::exchange(other.id_, H5I_INVALID_HID)), close_(other.close_) {}
  Hdf5Object& operator=(Hdf5Object&&) = delete;
  ~Hdf5Object() {
    if (id_ < 0) return;
    const auto lock = lock_hdf5();
    close_(id_);
  }
  [[nodiscard]] hid_t id() const { return id_; }
  [[nodiscard]] bool valid() const { return id_ >= 0; }

 private:
  hid_t id_;
  herr_t (*close_)(hid_t);
};

/// While it lives, this thread alone calls HDF5, which prints no errors of its own: they are told in our messages.
class Hdf5Session {
 public:
  Hdf5Session() : lock_(lock_hdf5()) {
    H5Eget_auto2(H5E_DEFAULT, &report_, &data_);
    H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
  }
  Hdf5Session(const Hdf5Session&) = delete;
  Hdf5Session& operator=(const Hdf5Session&) = delete;
  ~Hdf5Session() { H5Eset_auto2(H5E_DEFAULT, report_, data_); }

  /// What HDF5 says of the call that failed just now, its innermost reason.
  [[nodiscard]] static std::string reason();

 private:
  std::unique_lock<std::recursive_mutex> lock_;
  H5E_auto2_t report_ = nullptr;
  void* data_ = nullptr;
};

}  // namespace dpsbench
