#pragma once
#include <string>
#include <string_view>

namespace dpsbench {

/// Holds every entry of a ZIP archive against its size and CRC-32 (PKWARE's APPNOTE, 4.3), where all are stored and not
/// compressed, as torch.save writes them: what reads the archive then, libtorch's unpickler, meets no damaged byte of
/// theirs. `name` stands for the file. Throws DataError naming it and the entry.
void require_whole_entries(std::string_view archive, const std::string& name);

}  // namespace dpsbench
