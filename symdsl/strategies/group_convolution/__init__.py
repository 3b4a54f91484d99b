"""Group-equivariant convolutional networks on images (Cohen & Welling 2016, 1602.07576)."""
