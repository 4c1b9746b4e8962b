"""The conversation of the questionnaire: what is typed goes in, the next state and what to show come out."""
