"""What people decide: keys, renames, what is held, withheld, withdrawn or destroyed, and rights."""
