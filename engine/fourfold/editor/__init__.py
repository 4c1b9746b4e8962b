"""For editors: schemas that complete and underline while a file is typed, and a language server."""
