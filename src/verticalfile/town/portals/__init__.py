"""Simulated portals on the loopback: each speaks one protocol as real ones do, faults and all."""
