"""What all versions of QTI share: one model of an item, its documents, the manifest, writing and reading."""
