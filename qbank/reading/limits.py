"""How much qbank reads before it refuses: limits that no honest bank meets."""

MAX_YAML_BYTES = 64 * 2**20
MAX_JSON_BYTES = 2 * 2**30
MAX_DEPTH = 64
MANY_BRACKETS = 1000
MAX_FILES = 200_000
MAX_KEPT_BYTES = 256 * 2**20
MIN_INTEGER, MAX_INTEGER = -(2**63), 2**64 - 1
