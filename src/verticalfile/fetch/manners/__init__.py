"""How we behave towards hosts: robots, pauses, waits."""
