"""What an address in a catalog leads to: a file, a page, a service, or words about the data."""
