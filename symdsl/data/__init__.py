"""Data: sources by name or file, datasets, checks, splits and batches."""
