"""How much of a group holds: ranges of augmentation, learned with a network (Augerino)."""
