#include "priors/mixture/file.h"

#include <cstdio>

#include "core/error.h"

namespace dpsbench {
namespace {

ImageShape shape_of(const SafetensorsFile& file) {
  const auto found = file.metadata().find("shape");
  if (found == file.metadata().end()) throw DataError("'{}' has no metadata 'shape' (as in \"3,32,32\")", file.path());
  ImageShape shape;
  int used = 0;
  const int fields =
      std::sscanf(found->second.c_str(), "%9ld,%9ld,%9ld%n", &shape.channels, &shape.height, &shape.width, &used);
  if (fields != 3 || used != static_cast<int>(found->second.size()) || shape.channels < 1 || shape.height < 1 ||
      shape.width < 1)
    throw DataError("'{}': metadata 'shape' is '{}', wanted three numbers as in \"3,32,32\"", file.path(),
                    found->second);
  return shape;
}

GaussianMixture mixture_of(const SafetensorsFile& file) {
  const Tensor log_weights = file.tensor("log_weights");
  const Tensor means = file.tensor("means");
  if (file.contains("covariances") == file.contains("factors"))
    throw DataError("it must hold either 'covariances' or 'factors'");
  if (file.contains("covariances"))
    return GaussianMixture::of_covariances(log_weights, means, file.tensor("covariances"));
  const Tensor noise = file.contains("noise") ? file.tensor("noise") : at::zeros(log_weights.sizes());
  return GaussianMixture::of_factors(log_weights, means, file.tensor("factors"), noise);
}

}  // namespace

ImageMixture load_gaussian_mixture(const SafetensorsFile& file) {
  const ImageShape shape = shape_of(file);
  for (const char* name : {"log_weights", "means"})
    if (!file.contains(name)) (void)file.tensor(name);  // throws, and says what the file holds
  try {
    GaussianMixture mixture = mixture_of(file);
    if (mixture.dimension() != shape.elements())
      throw DataError("its means have {} numbers, its metadata 'shape' {}", mixture.dimension(), shape.elements());
    return {std::move(mixture), shape};
  } catch (const DataError& error) {
    throw DataError("'{}': {}", file.path(), error.what());
  }
}

void save_gaussian_mixture(const std::string& path, const GaussianMixture& mixture, const ImageShape& shape) {
  if (mixture.dimension() != shape.elements())
    throw Error(
        fmt::format("a mixture on {} numbers is none of images with {}", mixture.dimension(), shape.elements()));
  const at::ScalarType type = mixture.has_rest() ? at::kFloat : at::kDouble;
  std::map<std::string, Tensor> tensors = {{"log_weights", mixture.log_weights.to(type)},
                                           {"means", mixture.means.to(type)}};
  if (mixture.has_rest()) {
    const Tensor above_rest = (mixture.variances - mixture.rest_variance.unsqueeze(1)).clamp_min(0).sqrt();
    tensors["factors"] = (mixture.basis * above_rest.unsqueeze(1)).to(type).contiguous();
    tensors["noise"] = mixture.rest_variance.to(type);
  } else {
    tensors["covariances"] = mixture.covariances().to(type);
  }
  write_safetensors(path, tensors, {{"shape", fmt::format("{},{},{}", shape.channels, shape.height, shape.width)}});
}

}  // namespace dpsbench
