"""Drawings as SVG, made on the server: places and sizes here, marks in templates."""
