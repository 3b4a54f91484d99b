"""The operations of the plan, one family a file."""
