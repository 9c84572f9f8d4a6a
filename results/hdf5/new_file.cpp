#include "results/hdf5/new_file.h"

#include "results/files/durable_file.h"
#include "results/files/sealed_file.h"
#include "results/files/temporary_file.h"

namespace dpsbench::hdf5 {

NewFile::NewFile(const std::filesystem::path& path, Seal seal)
    : path_(path),
      temporary_(temporary_name(path)),
      seal_(seal),
      file_(File::create(temporary_, seal == Seal::all_bytes ? seal_size : 0)) {}

NewFile::~NewFile() {
  file_.reset();
  std::error_code ignored;  // it is published, or cannot be removed either
  std::filesystem::remove(temporary_, ignored);
}

void NewFile::publish() {
  file_->close();
  file_.reset();
  if (seal_ == Seal::all_bytes) seal_in_place(temporary_);
  publish_durably(temporary_, path_);
}

}  // namespace dpsbench::hdf5
