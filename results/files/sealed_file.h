#pragma once
#include <filesystem>

#include "results/files/bytes.h"

namespace dpsbench {

/// A file whose every byte is vouched for: 512 bytes of seal (kind, length and SHA-256 of the rest, in text), then the
/// content. HDF5 looks for its own beginning at 0, 512, 1024, ..., so a sealed HDF5 image opens in h5py as it is.
inline constexpr std::size_t seal_size = 512;

/// Writes a sealed file durably. Throws DataError naming the path (disk full, read-only folder).
void write_sealed(const std::filesystem::path& path, ByteView content);

/// Seals a file that was written with room for it: its first seal_size bytes. Throws DataError naming it.
void seal_in_place(const std::filesystem::path& path);

/// The content of a sealed file, checked. Throws DataError naming the file and what is wrong: cut off, altered, no
/// seal.
Bytes read_sealed(const std::filesystem::path& path);

/// Checks a sealed file without keeping it in memory. Throws like read_sealed().
void require_seal(const std::filesystem::path& path);

/// Whether the sealed file is there and whole.
bool seal_holds(const std::filesystem::path& path);

}  // namespace dpsbench
