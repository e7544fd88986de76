"""Whether the key is there, names what it should, and is the only right answer."""
