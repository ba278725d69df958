"""The web application put together: settings, addresses, WSGI. Named by string, imported by nobody."""
