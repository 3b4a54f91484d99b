"""A plug-in of symdsl: the quaternion group, a network of inner products, and a backend that interprets the plan."""
