"""Where older states come from: git, dated folders, web archives."""
