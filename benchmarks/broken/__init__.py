"""Blueprints that cannot be met, made on purpose, with what is wrong with each and a proof of it."""
