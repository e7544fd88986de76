"""The error of scrambling, which costs nothing to import."""


class NoVersion(ValueError):
    """A form that no version can be made of; the message says why."""
