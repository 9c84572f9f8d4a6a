#include "results/store/reader.h"

#include "core/error.h"
#include "results/files/sealed_file.h"
#include "results/hdf5/typed_attributes.h"

namespace dpsbench {
namespace {

using Attributes = std::map<std::string, hdf5::AttributeValue>;

std::string text_of(const Attributes& attributes, const std::string& name) {
  const auto found = attributes.find(name);
  return found == attributes.end() ? "" : attribute_text(found->second);
}

CellResult read_cell(const hdf5::Group& group, const std::string& id) {
  CellResult cell;
  cell.id = id;
  cell.attributes = group.attributes();
  cell.image_ids = group.read_texts("image_ids");
  if (group.has("trajectory_image_ids")) cell.trajectory_image_ids = group.read_texts("trajectory_image_ids");
  if (group.has("image_groups")) cell.image_groups = group.read_texts("image_groups");
  if (!cell.image_groups.empty() && cell.image_groups.size() != cell.image_ids.size())
    throw DataError("{}: {} groups for {} images", group.where("image_groups"), cell.image_groups.size(),
                    cell.image_ids.size());
  const hdf5::Group metrics = group.group("metrics");
  for (const std::string& name : metrics.names()) {
    Tensor values = metrics.read(name).to(at::kDouble);
    if (values.size(0) != static_cast<std::int64_t>(cell.image_ids.size()))
      throw DataError("{}: {} values for {} images", metrics.where(name), values.size(0), cell.image_ids.size());
    cell.metrics.emplace(name, std::move(values));
  }
  return cell;
}

}  // namespace

std::string CellResult::text(const std::string& name) const { return text_of(attributes, name); }

double CellResult::number(const std::string& name) const {
  const auto found = attributes.find(name);
  if (found != attributes.end()) {
    if (const auto* real = std::get_if<double>(&found->second)) return *real;
    if (const auto* whole = std::get_if<std::int64_t>(&found->second)) return static_cast<double>(*whole);
  }
  throw DataError("cell {}: has no number {}", id, name);
}

State CellResult::state(const std::string& role) const {
  State state{text(role), {}};
  for (const auto& [name, value] : attributes)
    if (name.starts_with(role + ".")) state.options[name.substr(role.size() + 1)] = attribute_text(value);
  return state;
}

std::vector<std::string> CellResult::failed_images() const {
  const auto found = attributes.find("failed_images");
  if (found == attributes.end()) return {};
  const auto* images = std::get_if<std::vector<std::string>>(&found->second);
  return images == nullptr ? std::vector<std::string>() : *images;
}

std::vector<double> CellResult::image_values(const std::string& metric) const {
  const auto found = metrics.find(metric);
  if (found == metrics.end() || image_ids.empty()) return {};
  const Tensor values = found->second.reshape({static_cast<std::int64_t>(image_ids.size()), -1}).mean(1).contiguous();
  return {values.data_ptr<double>(), values.data_ptr<double>() + values.numel()};
}

std::string RunResult::text(const std::string& attribute) const { return text_of(attributes, attribute); }

ResultsFile::ResultsFile(const std::filesystem::path& path) {
  if (!std::filesystem::exists(path)) throw DataError("{}: there is no such file", path.string());
  require_seal(path);
  files_.push_back(hdf5::File::open(path));
  runs_.push_back({"", files_.front().root().attributes()});
  if (!text("format").starts_with("dpsbench results"))
    throw DataError("{}: is an HDF5 file, but not one of dpsbench's results", path.string());
  const hdf5::Group cells = files_.front().root().group("cells");
  for (const std::string& id : cells.names()) cells_.push_back(read_cell(cells.group(id), id));
  if (!files_.front().root().has("failed_cells")) return;
  const hdf5::Group failed = files_.front().root().group("failed_cells");
  for (const std::string& id : failed.names()) {
    CellResult& cell = failed_cells_.emplace_back();
    cell.id = id;
    cell.attributes = failed.group(id).attributes();
  }
}

ResultsFile ResultsFile::joined(std::vector<ResultsFile> files, const std::vector<std::string>& names) {
  ResultsFile all;
  for (std::size_t run = 0; run < files.size(); ++run) {
    for (const auto& [from, to] :
         {std::pair(&files[run].cells_, &all.cells_), std::pair(&files[run].failed_cells_, &all.failed_cells_)})
      for (CellResult& cell : *from) {
        cell.run = run;
        cell.attributes["run"] = names.at(run);
        to->push_back(std::move(cell));
      }
    all.files_.push_back(std::move(files[run].files_.front()));
    all.runs_.push_back({names[run], std::move(files[run].runs_.front().attributes)});
  }
  return all;
}

hdf5::Group ResultsFile::group_of(const CellResult& cell) const {
  return files_.at(cell.run).root().group("cells").group(cell.id);
}

bool ResultsFile::has(const CellResult& cell, const std::string& name) const { return group_of(cell).has(name); }

std::vector<std::int64_t> ResultsFile::shape(const CellResult& cell, const std::string& name) const {
  return group_of(cell).dataset(name).shape();
}

Tensor ResultsFile::read(const CellResult& cell, const std::string& name) const { return group_of(cell).read(name); }

Tensor ResultsFile::read_rows(const CellResult& cell, const std::string& name, std::int64_t first,
                              std::int64_t count) const {
  return group_of(cell).dataset(name).read_rows(first, count);
}

}  // namespace dpsbench
