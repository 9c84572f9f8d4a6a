#include "priors/checkpoints/naming.h"

namespace dpsbench {

std::vector<NamingConvention> naming_conventions() {
  return {diffusers_names(), old_diffusers_names(), diffusers_transformer_names(),
          ddpm_names(),      edm_adm_names(),       edm_song_names()};
}

}  // namespace dpsbench
