"""qbank: validate item banks, assemble exam forms that provably meet a blueprint, export them."""
