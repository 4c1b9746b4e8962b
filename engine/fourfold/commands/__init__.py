"""The commands, a module for each of their users; cli.py imports one when a command of it is called."""
