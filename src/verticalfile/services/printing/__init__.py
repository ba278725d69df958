"""Sheets of HTML as PDF, printed in a process of its own."""
