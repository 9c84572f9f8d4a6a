#include "core/files/file_kind.h"

#include <algorithm>
#include <array>
#include <cctype>

namespace dpsbench {
namespace {

struct FileKind {
  std::string_view start;
  std::string_view words;
};

constexpr std::string_view pytorch =
    "a PyTorch checkpoint: convert it with scripts/convert_weights.py unet INPUT OUTPUT.safetensors";

// signatures as the formats' specifications give them
constexpr std::array kinds = {
    FileKind{"version https://git-lfs.github.com/spec/",
             "a pointer of Git LFS in place of the file: run 'git lfs pull' where it came from"},
    FileKind{"\x89HDF\r\n\x1a\n", "an HDF5 file"},
    FileKind{"\x89PNG\r\n\x1a\n", "a PNG picture"},
    FileKind{"\xff\xd8\xff", "a JPEG picture"},
    FileKind{"GIF8", "a GIF picture: save it as PNG"},
    FileKind{"BM", "a BMP picture: save it as PNG"},
    FileKind{"II*", "a TIFF picture: save it as PNG"},
    FileKind{"MM", "a TIFF picture: save it as PNG"},
    FileKind{"\x93NUMPY", "an array of numpy: save pictures as PNG, arrays as HDF5"},
    FileKind{"%PDF", "a PDF document"},
    FileKind{"\x1f\x8b", "a gzip archive: unpack it"},
    FileKind{"\xfd"
             "7zXZ",
             "an xz archive: unpack it"},
    FileKind{"BZh", "a bzip2 archive: unpack it"},
    FileKind{"7z\xbc\xaf", "a 7z archive: unpack it"},
    FileKind{"Rar!", "a RAR archive: unpack it"},
    FileKind{"GGUF", "a GGUF file of a language model"},
    FileKind{"\x80\x02", pytorch},
    FileKind{"\x80\x03", pytorch},
    FileKind{"\x80\x04", pytorch},
    FileKind{"\x80\x05", pytorch},
};

/// The words for text that begins like a page of the web, as servers send in place of a file.
std::string_view words_of_text(std::string_view bytes) {
  const std::size_t first = bytes.find_first_not_of(" \t\r\n\xef\xbb\xbf");
  if (first == std::string_view::npos) return "";
  std::string start(bytes.substr(first, 1024));
  std::transform(start.begin(), start.end(), start.begin(), [](unsigned char c) { return std::tolower(c); });
  if (start.starts_with("<!doctype html") || start.starts_with("<html") || start.starts_with("<head"))
    return "a web page (HTML) that the server sent in place of the file: download it again";
  if (start.starts_with("<?xml")) return "an XML document, such as a server's error";
  return "";
}

/// A zip file's first record tells a checkpoint of torch.save (data.pkl) from another archive.
std::string_view words_of_zip(std::string_view bytes) {
  const std::string_view start = bytes.substr(0, 4096);
  if (start.find("/data.pkl") != std::string_view::npos || start.find("/byteorder") != std::string_view::npos)
    return pytorch;
  return "a zip archive: unpack it";
}

}  // namespace

std::string kind_in_words(std::string_view bytes) {
  std::string_view words = words_of_text(bytes);
  if (bytes.empty()) words = "empty";
  if (bytes.starts_with("PK\x03\x04")) words = words_of_zip(bytes);
  if (bytes.starts_with("RIFF") && bytes.substr(0, 16).find("WEBP") != std::string_view::npos)
    words = "a WebP picture: save it as PNG (dwebp IN.webp -o OUT.png, or any image editor)";
  if (bytes.size() > 12 && bytes.substr(4, 4) == "ftyp" && !bytes.substr(8, 4).starts_with("mp4"))
    words = "a picture in a container (HEIC, AVIF) or a film: save it as PNG (heif-convert IN.heic OUT.png)";
  for (const FileKind& kind : kinds)
    if (words.empty() && bytes.starts_with(kind.start)) words = kind.words;
  return words.empty() ? "" : "; it is " + std::string(words);
}

}  // namespace dpsbench
