"""Pages with links, sitemaps, lists of addresses."""
