"""What the reading room asks: one module a screen, and nothing that the viewer may not see.

Everything here takes a `Viewer` and answers in values that templates can show. Sentences are made
by the doors, in the reader's language; here are facts.
"""
