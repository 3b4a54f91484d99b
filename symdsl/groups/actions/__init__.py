"""How a group moves arrays: representations along axes, points, pixels."""
