"""Addresses with questions in them."""
