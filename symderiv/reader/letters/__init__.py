"""What the letters of a document are, by how the document writes them: indices, layers, transposes,
functions or factors.

This room surveys a document before it is read in order; it must never make a term.
"""
