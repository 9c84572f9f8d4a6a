"""Networks of diffusers, EDM and latent-diffusion, read off the names in their checkpoints: each as small as its arithmetic
is, so that a file of weights can be run without the library that made it."""
