"""Group cards: a learned group, frozen, with its certificate."""
