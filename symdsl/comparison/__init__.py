"""The same symmetry, enforced in several ways: variants of one spec, trained and measured alike."""
