"""What holds of matrices, permutations and Lie algebras, whatever group they belong to."""
