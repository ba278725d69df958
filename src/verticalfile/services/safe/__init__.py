"""Whether what is kept is safe: verified, mended, copied and restored."""
