"""Where data comes from: one small module for each kind of source. Each tells its states in order."""
