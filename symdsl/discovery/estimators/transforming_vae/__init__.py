"""An autoencoder of pairs of views whose codes are moved by exponentials of learned matrices (Giannone et al.)."""
