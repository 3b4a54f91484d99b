"""A first spec from data: a field for each array, and a prediction, a symmetry and a network that go with them."""
