"""A trained model as a file that runs without symdsl: written only after it was loaded back and compared."""
