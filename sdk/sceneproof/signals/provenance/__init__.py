"""What the file says of its own origin; never scored."""
