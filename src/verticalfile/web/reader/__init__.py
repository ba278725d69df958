"""One module a screen; a view parses, asks one service, shows."""
