"""What a trained model says of data."""
