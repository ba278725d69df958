"""Tags and filters of the reading room's templates."""
