"""What is known of symbols: by words, by a declaration, by the shapes that all their uses agree on.

This room must never assume what words deny, ask or only mention.
"""
