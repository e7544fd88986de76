"""Ids of items, and the suppressions they carry."""
