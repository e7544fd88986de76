"""Frozen values, no input or output: items, stimuli, banks, blueprints, forms."""
