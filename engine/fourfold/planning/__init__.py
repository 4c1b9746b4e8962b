"""The plan as data: each part gathers what rules concluded, what methods compute, and where it comes from.

No sentence stands here: words are in templates/ and in the knowledge.
"""
