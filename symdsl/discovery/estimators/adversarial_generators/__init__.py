"""Generators that a discriminator cannot tell from the data (LieGAN, Yang et al. 2023)."""
