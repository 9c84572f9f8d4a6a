#include "results/hdf5/file.h"

#include "core/error.h"
#include "core/files/hdf5_lock.h"
#include "results/hdf5/error.h"

namespace dpsbench::hdf5 {
namespace {

static_assert(std::is_same_v<hid_t, std::int64_t>);

/// Properties of new links and objects: UTF-8 names, and no time stamps, which would differ from run to run.
Handle link_properties() {
  Handle properties(H5Pcreate(H5P_LINK_CREATE), H5Pclose);
  H5Pset_char_encoding(properties.id(), H5T_CSET_UTF8);
  return properties;
}

Handle group_properties() {
  Handle properties(H5Pcreate(H5P_GROUP_CREATE), H5Pclose);
  H5Pset_obj_track_times(properties.id(), false);
  return properties;
}

Handle memory_access(std::size_t increment) {
  Handle properties(H5Pcreate(H5P_FILE_ACCESS), H5Pclose);
  H5Pset_fapl_core(properties.id(), increment, false);
  return properties;
}

/// Without HDF5's own file locks: some cluster file systems refuse them, and OutputLock keeps writers apart.
Handle disk_access() {
  Handle properties(H5Pcreate(H5P_FILE_ACCESS), H5Pclose);
  H5Pset_file_locking(properties.id(), false, true);
  return properties;
}

/// A name that no other file in memory has: HDF5 takes two of one name for one file.
std::string name_in_memory(const std::string& name) {
  static std::int64_t number = 0;  // under the lock
  return fmt::format("{} in memory {}", name, ++number);
}

herr_t collect_name(hid_t, const char* name, const H5L_info_t*, void* names) {
  static_cast<std::vector<std::string>*>(names)->emplace_back(name);
  return 0;
}

}  // namespace

Handle::~Handle() {
  if (id_ < 0) return;
  const auto lock = lock_hdf5();
  close_(id_);
}

Handle& Handle::operator=(Handle&& other) noexcept {
  std::swap(id_, other.id_);
  std::swap(close_, other.close_);
  return *this;
}

bool Handle::close() {
  const auto lock = lock_hdf5();
  return close_(std::exchange(id_, -1)) >= 0;
}

std::string Group::where(const std::string& name) const {
  return name.empty() || where_.ends_with('/') ? where_ + name : where_ + "/" + name;
}

Group Group::create_group(const std::string& name) const {
  const auto lock = lock_hdf5();
  const Handle links = link_properties();
  const Handle properties = group_properties();
  const std::string place = where(name);
  return {Handle(check(H5Gcreate2(handle_.id(), name.c_str(), links.id(), properties.id(), H5P_DEFAULT), place,
                       "create this group"),
                 H5Gclose),
          place};
}

Group Group::group(const std::string& name) const {
  const auto lock = lock_hdf5();
  const std::string place = where(name);
  return {Handle(check(H5Gopen2(handle_.id(), name.c_str(), H5P_DEFAULT), place, "open this group"), H5Gclose), place};
}

bool Group::has(const std::string& name) const {
  const auto lock = lock_hdf5();
  return check(H5Lexists(handle_.id(), name.c_str(), H5P_DEFAULT), where_, "look for " + name) > 0;
}

bool Group::is_group(const std::string& name) const {
  const auto lock = lock_hdf5();
  const Handle object(check(H5Oopen(handle_.id(), name.c_str(), H5P_DEFAULT), where(name), "open"), H5Oclose);
  return H5Iget_type(object.id()) == H5I_GROUP;
}

std::vector<std::string> Group::names() const {
  const auto lock = lock_hdf5();
  std::vector<std::string> names;
  check(H5Literate(handle_.id(), H5_INDEX_NAME, H5_ITER_INC, nullptr, collect_name, &names), where_, "list this group");
  return names;
}

void Group::link(const std::string& name, const Dataset& target) const {
  const auto lock = lock_hdf5();
  const Handle links = link_properties();
  check(H5Olink(target.id(), handle_.id(), name.c_str(), links.id(), H5P_DEFAULT), where(name), "link");
}

void Group::link(const std::string& name, const std::string& file, const std::string& dataset) const {
  const auto lock = lock_hdf5();
  const Handle links = link_properties();
  check(H5Lcreate_external(file.c_str(), dataset.c_str(), handle_.id(), name.c_str(), links.id(), H5P_DEFAULT),
        where(name), "link");
}

File::File(Handle handle, const std::string& name)
    : handle_(std::move(handle)),
      name_(name),
      root_(Handle(check(H5Gopen2(handle_.id(), "/", H5P_DEFAULT), name, "open the root group"), H5Gclose),
            name + ": /") {}

File File::create(const std::filesystem::path& path, std::size_t user_block) {
  const auto lock = lock_hdf5();
  silence();
  const std::string name = path.string();
  const Handle access = disk_access();
  const Handle properties(H5Pcreate(H5P_FILE_CREATE), H5Pclose);
  H5Pset_userblock(properties.id(), user_block);
  const hid_t file = H5Fcreate(name.c_str(), H5F_ACC_EXCL, properties.id(), access.id());
  return {Handle(check(file, name, "create this HDF5 file"), H5Fclose), name};
}

File File::open(const std::filesystem::path& path) {
  const auto lock = lock_hdf5();
  silence();
  const std::string name = path.string();
  if (!std::filesystem::exists(path)) throw DataError("{}: there is no such file", name);
  const Handle access = disk_access();
  return {Handle(check(H5Fopen(name.c_str(), H5F_ACC_RDONLY, access.id()), name, "open this HDF5 file"), H5Fclose),
          name};
}

File File::in_memory() {
  const auto lock = lock_hdf5();
  silence();
  const Handle access = memory_access(std::size_t{4} << 20);
  const std::string name = "new file in memory";
  const hid_t file = H5Fcreate(name_in_memory("new file").c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, access.id());
  return {Handle(check(file, name, "create it"), H5Fclose), name};
}

File File::from_image(ByteView image, const std::string& name) {
  const auto lock = lock_hdf5();
  silence();
  const Handle access = memory_access(std::size_t{1} << 20);
  // HDF5 copies the buffer and promises not to alter it, though it asks for a pointer to non-const.
  check(H5Pset_file_image(access.id(), const_cast<std::byte*>(image.data()), image.size()), name, "take its bytes");
  // HDF5 refuses an image under the name of a file that exists.
  const hid_t file = H5Fopen(name_in_memory(name).c_str(), H5F_ACC_RDONLY, access.id());
  return {Handle(check(file, name, "open it as HDF5"), H5Fclose), name};
}

Bytes File::image() const {
  const auto lock = lock_hdf5();
  check(H5Fflush(handle_.id(), H5F_SCOPE_GLOBAL), name_, "flush");
  const ssize_t size = check(H5Fget_file_image(handle_.id(), nullptr, 0), name_, "measure");
  Bytes bytes(static_cast<std::size_t>(size));
  check(H5Fget_file_image(handle_.id(), bytes.data(), bytes.size()), name_, "copy");
  return bytes;
}

void File::close() {
  const auto lock = lock_hdf5();
  check(H5Fflush(handle_.id(), H5F_SCOPE_GLOBAL), name_, "write");
  root_ = Group(Handle(-1, H5Gclose), name_);
  if (!handle_.close()) fail(name_, "write and close");
}

}  // namespace dpsbench::hdf5
