"""WHAT EACH COMMAND DOES: arguments, output and exit status; heavy rooms are imported inside the commands."""
